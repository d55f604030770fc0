/** The two ways to a photo: the device's camera app, and its file chooser. */
import { useApp } from '../app.ts';
import { Icon } from '../pictures/icons.tsx';
import { useWords } from '../words/words.ts';

export interface PickProps {
  readonly primary: boolean;
  /** Words for who has a photo already and may want another one. */
  readonly another?: { readonly take: string; readonly choose: string };
}

/** Take or choose. The camera is the device's own app: the page never sees through it. */
export function Pick({ primary, another }: PickProps) {
  const { look } = useWords();
  const { take, choose } = another ?? look;
  const { flow } = useApp();
  const onChange = (event: { readonly currentTarget: HTMLInputElement }): void => {
    const [file] = event.currentTarget.files ?? [];
    // The same photo may be chosen again after a trouble.
    if (file !== undefined) void flow.choose(file);
  };
  // Where there is no camera app to open, both would open the same chooser.
  const hasCamera = matchMedia('(pointer: coarse)').matches;
  const main = primary ? 'button big' : 'button quiet';
  return (
    <div class="picks">
      {hasCamera ? (
        <label class={main}>
          <Icon name="camera" />
          {take}
          <input
            class="visually-hidden"
            type="file"
            accept="image/*"
            capture="environment"
            data-pick="camera"
            onChange={onChange}
          />
        </label>
      ) : null}
      <label class={hasCamera ? 'button quiet' : main}>
        <Icon name="image" />
        {choose}
        <input
          class="visually-hidden"
          type="file"
          accept="image/*,.heic,.heif"
          data-pick="file"
          onChange={onChange}
        />
      </label>
    </div>
  );
}
