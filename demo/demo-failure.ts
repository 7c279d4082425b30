/** Something went wrong, in a sentence for whoever runs the demo. */
export class DemoFailure extends Error {}
