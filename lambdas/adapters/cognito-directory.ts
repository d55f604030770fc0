/** The users of a Cognito user pool, for upkeep: it lists and deletes them, and reads nothing of them but id and age. */
import {
  AdminDeleteUserCommand,
  ListUsersCommand,
  UserNotFoundException,
  type CognitoIdentityProviderClient,
  type UserType,
} from '@aws-sdk/client-cognito-identity-provider';
import type { UserDirectory } from '../../core/erasure-ports.ts';

/** As many as Cognito lists at once. */
const pageSize = 60;

/** The users of one pool; an account's id is its user's `sub`. */
export function createCognitoDirectory(
  client: CognitoIdentityProviderClient,
  userPoolId: string,
): UserDirectory {
  return {
    async remove(accountId) {
      try {
        await client.send(new AdminDeleteUserCommand({ UserPoolId: userPoolId, Username: accountId }));
      } catch (error) {
        if (!(error instanceof UserNotFoundException)) throw error;
      }
    },
    async *createdBefore(at) {
      let from: string | undefined;
      do {
        const page = await client.send(
          new ListUsersCommand({
            UserPoolId: userPoolId,
            AttributesToGet: ['sub'],
            Limit: pageSize,
            ...(from === undefined ? {} : { PaginationToken: from }),
          }),
        );
        for (const user of page.Users ?? []) {
          const accountId = subOf(user);
          if (accountId !== undefined && (user.UserCreateDate?.getTime() ?? Infinity) < at) yield accountId;
        }
        from = page.PaginationToken;
      } while (from !== undefined);
    },
  };
}

function subOf({ Attributes = [] }: UserType): string | undefined {
  return Attributes.find(({ Name }) => Name === 'sub')?.Value;
}

/** Where the API itself keeps codes, nobody has a user before an account. */
export const noDirectory: UserDirectory = {
  remove: async () => {},
  async *createdBefore() {},
};
