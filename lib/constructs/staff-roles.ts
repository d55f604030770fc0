/**
 * A role for each category of staff that the policy lets read something (CAL-12). Each may invoke the staff function and do
 * nothing else: what its category may see, the function decides, and by whose session it was asked. Who may take a role is
 * named by a person, outside of these templates.
 */
import { Duration } from 'aws-cdk-lib';
import { AccountRootPrincipal, PolicyDocument, PrincipalWithConditions, Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { Policy } from '../../core/policy.ts';
import { staffCategories, type StaffCategory } from '../../core/staff.ts';
import type { Names } from '../names.ts';
import { allow } from './statements.ts';

export interface StaffRolesProps {
  readonly policy: Policy;
  readonly names: Names;
}

/** Longest session of a role: afterwards somebody proves anew who they are. */
const longest = Duration.hours(1);

export class StaffRoles extends Construct {
  readonly roles: ReadonlyMap<StaffCategory, Role>;

  constructor(scope: Construct, id: string, { policy, names }: StaffRolesProps) {
    super(scope, id);
    this.roles = new Map(
      readingCategories(policy).map((category) => [
        category,
        new Role(this, titled(category), {
          roleName: `${names.staffRolePrefix}${category}`,
          description: `Staff of category ${category}: may ask the staff function, and nothing else`,
          maxSessionDuration: longest,
          assumedBy: new PrincipalWithConditions(new AccountRootPrincipal(), {
            // The function takes the session's name for the person's: nobody chooses another's.
            StringEquals: { 'sts:RoleSessionName': '${aws:username}' },
            Bool: { 'aws:MultiFactorAuthPresent': 'true' },
          }),
          inlinePolicies: {
            work: new PolicyDocument({
              statements: [
                allow({
                  sid: 'AskTheStaffFunction',
                  actions: ['lambda:InvokeFunction'],
                  resources: [names.functionArn('staff')],
                }),
              ],
            }),
          },
        }),
      ]),
    );
  }
}

/** Categories that are among the readers of a class. */
export function readingCategories({ dataClasses }: Policy): readonly StaffCategory[] {
  const readers = new Set<string>(dataClasses.flatMap(({ readers: ofClass }) => ofClass));
  return staffCategories.filter((category) => readers.has(category));
}

function titled(category: string): string {
  return category.replaceAll(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
}
