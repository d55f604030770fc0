/** The contract of UploadSigner: its address uploads exactly these bytes once, and serves for nothing else. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { UploadSigner } from '../../core/ports.ts';
import { protocol, type UploadClaim } from '../../core/scan.ts';
import { freshId, sha256 } from './given.ts';
import { abuses, upload, type Address } from './upload-abuses.ts';

/** Where storage is in this process it can answer at once. */
type Eventually<T> = T | Promise<T>;

/** A signer, and the storage that must honour its addresses. */
export interface SignerUnderTest {
  readonly signer: UploadSigner;
  /** What is stored. */
  objects(): Eventually<readonly { readonly key: string; readonly size: number }[]>;
  /** How many uploads storage announced. */
  events(): Eventually<number>;
  /** Lets time pass for signer and storage. */
  pass(ms: number): void;
  /** Deletes everything that is stored. */
  empty(): Promise<void>;
  close(): Promise<void>;
}

const photo = Uint8Array.from({ length: 5_000 }, (_, at) => at % 249);
const claim: UploadClaim = {
  contentType: 'image/jpeg',
  contentLength: photo.length,
  sha256: sha256(photo),
};

export function signerContract(name: string, open: () => Promise<SignerUnderTest>): void {
  describe(`the contract of upload addresses, ${name}`, () => {
    let under: SignerUnderTest;
    let key: string;
    let address: Address;
    beforeEach(async () => {
      under = await open();
      key = freshId();
      address = await under.signer.sign(key, claim, protocol.uploadMs);
    });
    afterEach(() => under.close());

    it('uploads exactly these bytes under exactly this key', async () => {
      expect(await upload(address, photo)).toMatchObject({ status: 200 });
      expect(await under.objects()).toMatchObject([{ key, size: photo.length }]);
      expect(await under.events()).toBe(1);
    });

    it.each(abuses)('rejects $title, and is still good for its one upload', async (abuse) => {
      const { status, code } = abuse;
      expect(await abuse.run(address, photo)).toEqual({ status, code });
      expect(await under.objects()).toEqual([]);
      expect(await under.events()).toBe(0);
      expect(await upload(address, photo)).toMatchObject({ status: 200 });
      expect(await under.objects()).toMatchObject([{ key, size: photo.length }]);
    });

    it('rejects a second upload over the first, also of the same bytes', async () => {
      await upload(address, photo);
      expect(await upload(address, photo)).toEqual({ status: 412, code: 'PreconditionFailed' });
      expect(await under.events()).toBe(1);
    });

    it('rejects all but one of many uploads at once', async () => {
      const answers = await Promise.all(Array.from({ length: 8 }, () => upload(address, photo)));
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      expect(await under.events()).toBe(1);
    });

    it('uploads until its very last moment, and rejects from then on', async () => {
      const { expiresAt } = await under.signer.sign(key, claim, protocol.uploadMs);
      under.pass(protocol.uploadMs - secondMs);
      expect(await upload(address, photo)).toMatchObject({ status: 200 });
      await under.empty();
      under.pass(secondMs + 1);
      expect(await upload(address, photo)).toEqual({ status: 403, code: 'AccessDenied' });
      expect(await under.objects()).toEqual([]);
      expect(expiresAt % secondMs).toBe(0);
    });

    it('rejects sooner when it was signed for less', async () => {
      const brief = await under.signer.sign(key, claim, 10_000);
      under.pass(10_001);
      expect(await upload(brief, photo)).toEqual({ status: 403, code: 'AccessDenied' });
      expect(await upload(address, photo)).toMatchObject({ status: 200 });
    });

    it('rejects an address that was signed for longer than a signature may live', async () => {
      const long = await under.signer.sign(key, claim, 10 * protocol.uploadMs);
      under.pass(protocol.uploadMs + secondMs);
      expect(await upload(long, photo)).toEqual({ status: 403, code: 'AccessDenied' });
      expect(await under.objects()).toEqual([]);
    });

    it('rejects to sign for less than a second', async () => {
      await expect(under.signer.sign(key, claim, 999)).rejects.toBeInstanceOf(RangeError);
    });
  });
}

const secondMs = 1000;
