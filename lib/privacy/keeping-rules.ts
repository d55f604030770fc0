/** Rules about what is kept and for how long: logs, backups, events, and the cleaner that keeps nothing. */
import { tables } from '../../core/tables.ts';
import { liveAliasName } from '../constructs/live-alias.ts';
import { isAboutPeople } from '../settings.ts';
import type { Breach, PrivacyRule, Synthesised } from './rules.ts';
import { at, isRecord, ofType, textOf, type Resource } from './template.ts';

/** What an access log of the API may say. */
const allowedLogFields: ReadonlySet<string> = new Set([
  '$context.requestTime',
  '$context.httpMethod',
  '$context.status',
  '$context.responseLatency',
  '$context.integrationLatency',
  '$context.integrationStatus',
  '$context.error.responseType',
]);

function classOf(table: Resource, { settings }: Synthesised): string | undefined {
  const name = textOf(table.properties['TableName']);
  return tables.find((one) => name === `onceover-${settings.environment}-${one.name}`)?.dataClass;
}

function backupBreaches(app: Synthesised, table: Resource): readonly Breach[] {
  const dataClass = classOf(table, app);
  if (dataClass === undefined) {
    return [{ resource: table, location: 'TableName', found: 'a table of no data class' }];
  }
  const isOn = at(table, 'PointInTimeRecoverySpecification', 'PointInTimeRecoveryEnabled') === true;
  const isStreamed =
    table.properties['StreamSpecification'] !== undefined ||
    table.properties['KinesisStreamSpecification'] !== undefined;
  if (!isAboutPeople(app.settings.policy, dataClass) || !(isOn || isStreamed)) return [];
  const found = `class ${dataClass} is ${isOn ? 'backed up' : 'streamed'}`;
  return [{ resource: table, location: 'PointInTimeRecoverySpecification', found }];
}

export const keepingRules: readonly PrivacyRule[] = [
  {
    name: 'CAL-6-no-backups-of-persons',
    promise: 'CAL-6',
    description:
      'Classes about persons have no point-in-time recovery and no stream: what is deleted is gone',
    fix: 'Take the class out of backedUp in the environment’s settings, and streams off the table.',
    find: (app) =>
      ofType(app.resources, 'AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable').flatMap((table) =>
        backupBreaches(app, table),
      ),
  },
  {
    name: 'ALY-4-in-one-region',
    promise: 'ALY-4',
    description: 'Every table is in the region of the settings alone',
    fix: 'Declare AWS::DynamoDB::Table, and no replicas: a global table copies persons into other regions.',
    find: ({ resources }) =>
      [
        ...ofType(resources, 'AWS::DynamoDB::GlobalTable'),
        ...ofType(resources, 'AWS::DynamoDB::Table').filter(
          ({ properties }) => properties['Replicas'] !== undefined,
        ),
      ].map((resource) => ({ resource, location: 'Replicas', found: 'a table with copies elsewhere' })),
  },
  {
    name: 'CAL-6-retention-at-the-table',
    promise: 'CAL-6',
    description: 'Where items say when they may be dropped, the table drops them',
    fix: 'Restore TimeToLiveSpecification of lib/constructs/class-table.ts with the attribute of core/tables.ts, enabled.',
    find: ({ resources, settings }) =>
      tables.flatMap(({ name, ttlAttribute }) => {
        if (ttlAttribute === undefined) return [];
        return ofType(resources, 'AWS::DynamoDB::Table')
          .filter(
            (table) => textOf(table.properties['TableName']) === `onceover-${settings.environment}-${name}`,
          )
          .filter(
            (table) =>
              at(table, 'TimeToLiveSpecification', 'Enabled') !== true ||
              at(table, 'TimeToLiveSpecification', 'AttributeName') !== ttlAttribute,
          )
          .map((resource) => ({
            resource,
            location: 'TimeToLiveSpecification',
            found: `items are not dropped by ${ttlAttribute}`,
          }));
      }),
  },
  {
    name: 'ONE-6-logs-expire',
    promise: 'ONE-6',
    description: 'Every log is declared here and expires when the settings say',
    fix: 'Give the log group RetentionInDays of the settings, and each function a log group of its own in LoggingConfig.',
    find({ resources, settings }) {
      const lasting = ofType(resources, 'AWS::Logs::LogGroup').filter(
        (group) => at(group, 'RetentionInDays') !== settings.logRetentionDays,
      );
      const undeclared = ofType(resources, 'AWS::Lambda::Function').filter(
        (fn) => !isRecord(at(fn, 'LoggingConfig', 'LogGroup')),
      );
      return [
        ...lasting.map((resource) => ({
          resource,
          location: 'RetentionInDays',
          found: `${textOf(at(resource, 'RetentionInDays'))} days, not ${settings.logRetentionDays}`,
        })),
        ...undeclared.map((resource) => ({
          resource,
          location: 'LoggingConfig',
          found: 'an undeclared log',
        })),
      ];
    },
  },
  {
    name: 'ONE-6-access-log-names-nobody',
    promise: 'ONE-6',
    description: 'The API’s access log holds no address, path, token, account or request id',
    fix: 'Use only fields that lib/privacy/keeping-rules.ts allows; a path holds a scan’s id.',
    find: ({ resources }) =>
      ofType(resources, 'AWS::ApiGatewayV2::Stage').flatMap((resource) => {
        const format = textOf(at(resource, 'AccessLogSettings', 'Format') ?? '');
        const fields = format.match(/\$[\w.]+/g) ?? [];
        return fields
          .filter((field) => !allowedLogFields.has(field))
          .map((field) => ({ resource, location: 'AccessLogSettings', found: `${field} is logged` }));
      }),
  },
  {
    name: 'ONE-6-no-parked-events',
    promise: 'ONE-6',
    description: 'No event of an upload is parked: it holds the uploader’s address and the photo’s key',
    fix: 'Remove OnFailure and OnSuccess destinations, dead-letter queues and tracing from the functions.',
    find({ resources }) {
      const parked = ofType(resources, 'AWS::Lambda::EventInvokeConfig').filter(
        (one) => one.properties['DestinationConfig'] !== undefined,
      );
      const traced = ofType(resources, 'AWS::Lambda::Function').filter(
        (fn) =>
          fn.properties['DeadLetterConfig'] !== undefined || at(fn, 'TracingConfig', 'Mode') === 'Active',
      );
      return [
        ...parked.map((resource) => ({ resource, location: 'DestinationConfig', found: 'a destination' })),
        ...traced.map((resource) => ({
          resource,
          location: 'DeadLetterConfig',
          found: 'a dead-letter queue or traces',
        })),
      ];
    },
  },
  {
    name: 'ONE-1-cleaner-runs',
    promise: 'ONE-1',
    description: 'The cleaner runs every minute, and a run that is late is dropped rather than piled up',
    fix: 'Restore the schedule of lib/constructs/function-schedule.ts for the sweep: rate(1 minute), ENABLED, no window, event age 60 s.',
    find({ resources }) {
      const runs = ofType(resources, 'AWS::Scheduler::Schedule').some(
        (schedule) =>
          at(schedule, 'ScheduleExpression') === 'rate(1 minute)' &&
          at(schedule, 'State') === 'ENABLED' &&
          at(schedule, 'FlexibleTimeWindow', 'Mode') === 'OFF' &&
          at(schedule, 'Target', 'RetryPolicy', 'MaximumEventAgeInSeconds') === 60 &&
          /Sweep/.test(textOf(at(schedule, 'Target', 'Arn'))),
      );
      return runs ? [] : [{ location: '', found: 'no such schedule' }];
    },
  },
  {
    name: 'ONE-2-analysis-in-time',
    promise: 'ONE-2',
    description: 'An upload’s event is tried twice at most and dropped after 120 s: a scan ends in time',
    fix: 'Take retries and event age from lib/functions.ts.',
    find: ({ resources, settings }) =>
      ofType(resources, 'AWS::Lambda::Function')
        .filter(({ properties }) => properties['FunctionName'] === `onceover-${settings.environment}-analyze`)
        .filter(
          (fn) =>
            !ofType(resources, 'AWS::Lambda::EventInvokeConfig').some(
              (config) =>
                textOf(at(config, 'FunctionName')) === textOf({ Ref: fn.logicalId }) &&
                // The alias that storage invokes; a function's own settings do not count for it.
                at(config, 'Qualifier') === liveAliasName &&
                at(config, 'MaximumRetryAttempts') === 1 &&
                at(config, 'MaximumEventAgeInSeconds') === 120,
            ),
        )
        .map((resource) => ({ resource, location: '', found: 'other retries or event age' })),
  },
  {
    name: 'ONE-1-somebody-is-told',
    promise: 'ONE-1',
    description:
      'An alarm goes off when a photo is too old, when the cleaner had to delete one, and when it is dead',
    fix: 'Restore the alarms images-swept, oldest-image and heartbeat-missing of lib/alarms.ts with their actions.',
    find({ resources, settings }) {
      if (settings.emulatorSwitches.includes('without-alarms')) return [];
      const alarms = ofType(resources, 'AWS::CloudWatch::Alarm').filter(
        (alarm) => at(alarm, 'AlarmActions', 0) !== undefined && at(alarm, 'ActionsEnabled') !== false,
      );
      const names = new Set(alarms.map(({ properties }) => properties['AlarmName']));
      return ['images-swept', 'oldest-image', 'heartbeat-missing']
        .filter((id) => !names.has(`onceover-${settings.environment}-${id}`))
        .map((id) => ({ location: '', found: `no alarm ${id} that tells anybody` }));
    },
  },
];
