/**
 * The part of Node's WebAssembly that is used here, typed: TypeScript knows it with the DOM's library only, which
 * functions do not have.
 */

/** A compiled module; what it holds is the runtime's own. */
export type WasmModule = object;

export interface WasmInstance {
  readonly exports: object;
}

interface WebAssemblyApi {
  compile(bytes: Uint8Array): Promise<WasmModule>;
  readonly Instance: new (module: WasmModule, imports: object) => WasmInstance;
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a global of the language's standard, see above
export const webAssembly = Reflect.get(globalThis, 'WebAssembly') as WebAssemblyApi;
