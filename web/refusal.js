// What goes wrong and is told to a person: `message` is one sentence.
export class Refusal extends Error {}

// What a worker sends in place of an error, and the error again.
export const packed = (error) => ({ sentence: error instanceof Refusal ? error.message : null, said: String(error?.stack ?? error) });
