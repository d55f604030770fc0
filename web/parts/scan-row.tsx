/** One scan in a list: its picture, what was said and when. */
import type { ComponentChildren } from 'preact';
import type { ScanView } from '../../core/contract.ts';
import { AdvicePicture, BandPicture } from '../pictures/results.tsx';
import { Link } from '../router.tsx';
import { useWords } from '../words/words.ts';
import { dayAndTime, titleOf } from './scan-words.ts';

export function ScanRow({
  scan,
  children,
  below,
}: {
  readonly scan: ScanView;
  /** Buttons at the end of the row. */
  readonly children?: ComponentChildren;
  readonly below?: ComponentChildren;
}) {
  const words = useWords();
  const said = titleOf(scan, words);
  return (
    <li class="row" data-scan={scan.id}>
      <Link to={`/scans/${scan.id}`} class="row-link">
        {scan.band === undefined ? <AdvicePicture reason={scan.reason} /> : <BandPicture band={scan.band} />}
        <span class="row-words">
          <span class="row-title">{scan.name ?? said}</span>
          {scan.name === undefined ? null : <span>{said}</span>}
          <time class="small" dateTime={scan.issuedAt}>
            {dayAndTime(scan.issuedAt, words)}
          </time>
        </span>
      </Link>
      {children}
      {below}
    </li>
  );
}
