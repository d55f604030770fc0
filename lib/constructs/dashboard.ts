/** One page that answers: how many, how fast, how old is the oldest image right now, what did it cost. */
import { Duration } from 'aws-cdk-lib';
import {
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  MathExpression,
  SingleValueWidget,
  Stats,
  TextWidget,
  type IAlarm,
  type IMetric,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { lambdaMetric, productMetric, type AlarmSources, type ProductMetric } from '../alarms.ts';
import { functions } from '../functions.ts';
import { prices } from '../prices.ts';

export interface DashboardProps extends AlarmSources {
  readonly name: string;
  readonly alarms: readonly IAlarm[];
}

const [half, third] = [12, 8];

export class ProductDashboard extends Construct {
  constructor(scope: Construct, id: string, props: DashboardProps) {
    super(scope, id);
    const { settings, name, alarms } = props;
    const sum = (metric: ProductMetric): IMetric => productMetric(settings, metric, Stats.SUM);
    const dashboard = new Dashboard(this, 'Dashboard', {
      dashboardName: name,
      defaultInterval: Duration.hours(3),
    });
    dashboard.addWidgets(
      new TextWidget({
        width: 24,
        height: 2,
        markdown: `# ${name}\nNumbers only; no person, photo or scan can be found from here. What each alarm means and what to do: docs/runbook.md.`,
      }),
    );
    dashboard.addWidgets(
      new SingleValueWidget({
        title: 'How old is the oldest image right now, in ms? (promise: 300,000)',
        width: third,
        metrics: [productMetric(settings, 'OldestImageAge', Stats.MAXIMUM, { periodMinutes: 1 })],
      }),
      new SingleValueWidget({
        title: 'How many, in the time shown',
        width: third,
        setPeriodToTimeRange: true,
        metrics: [sum('TicketsIssued'), sum('ScansCompleted'), sum('ScansFailed')],
      }),
      new SingleValueWidget({
        title:
          'What did it cost, in the time shown? (US$, Lambda alone, no free tier; the rest: docs/costs.md)',
        width: third,
        setPeriodToTimeRange: true,
        metrics: [costOf(props)],
      }),
    );
    dashboard.addWidgets(
      new GraphWidget({
        title: 'How many: ends of scans',
        width: half,
        stacked: true,
        left: [
          sum('ScansCompleted'),
          sum('ScansInconclusive'),
          sum('ScansRejected'),
          sum('ScansFailed'),
          sum('ScansExpired'),
        ],
      }),
      new GraphWidget({
        title: 'How fast: upload to result, and life of an image (ms)',
        width: half,
        left: [
          productMetric(settings, 'ResultTime', Stats.percentile(50)),
          productMetric(settings, 'ResultTime', Stats.percentile(95)),
          productMetric(settings, 'ImageLifetime', Stats.percentile(50)),
          productMetric(settings, 'ImageLifetime', Stats.percentile(99)),
        ],
      }),
    );
    dashboard.addWidgets(
      new GraphWidget({
        title: 'The cleaner: sweeps that reached their end, images it had to delete',
        width: half,
        left: [sum('SweepsFinished')],
        right: [sum('ImagesSwept')],
      }),
      new AlarmStatusWidget({ title: 'Alarms', width: half, alarms: [...alarms] }),
    );
  }
}

/** What the functions' run time and requests cost, by the price table. */
function costOf({ settings, names }: AlarmSources): MathExpression {
  const gbSecond = prices.lambdaGbSecond[settings.architecture];
  const usingMetrics: Record<string, IMetric> = {};
  const terms = functions.map(({ name }) => {
    usingMetrics[`${name}Ms`] = lambdaMetric(names.functionName(name), 'Duration');
    usingMetrics[`${name}Runs`] = lambdaMetric(names.functionName(name), 'Invocations');
    const perMs = ((settings.memoryMb[name] / 1024) * gbSecond) / 1000;
    // The expressions know no exponents.
    const [ms, run] = [perMs.toFixed(14), prices.lambdaRequest.toFixed(8)];
    return `${ms} * FILL(${name}Ms, 0) + ${run} * FILL(${name}Runs, 0)`;
  });
  return new MathExpression({
    expression: terms.join(' + '),
    usingMetrics,
    label: 'US$',
    period: Duration.minutes(5),
  });
}
