/** Policy statements in one line each: actions without wildcards where something is allowed. */
import { Effect, PolicyStatement, type IPrincipal } from 'aws-cdk-lib/aws-iam';

export interface StatementProps {
  readonly sid: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** Default: none, for a statement in a role's own policy. */
  readonly principals?: readonly IPrincipal[];
  /** Operator, then key, then value. Default: none. */
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** Allows. Throws a RangeError for a wildcard in an action: an action that AWS adds later is nobody's. */
export function allow(props: StatementProps): PolicyStatement {
  const wild = props.actions.filter((action) => action.includes('*'));
  if (wild.length > 0) {
    throw new RangeError(`${props.sid} allows ${wild.join(', ')}: name each action instead of a wildcard`);
  }
  return statement(Effect.ALLOW, props);
}

/** Denies; a wildcard is welcome. */
export function deny(props: StatementProps): PolicyStatement {
  return statement(Effect.DENY, props);
}

function statement(effect: Effect, props: StatementProps): PolicyStatement {
  return new PolicyStatement({
    effect,
    sid: props.sid,
    actions: [...props.actions],
    resources: [...props.resources],
    ...(props.principals === undefined ? {} : { principals: [...props.principals] }),
    ...(props.conditions === undefined ? {} : { conditions: { ...props.conditions } }),
  });
}
