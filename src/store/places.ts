/** Numbers from 0 on, each in use by one at a time; one that was given back is the next to be taken. */
export class Places {
  readonly #free: number[] = [];
  #count = 0;

  take(): number {
    return this.#free.pop() ?? this.#count++;
  }

  give(place: number): void {
    this.#free.push(place);
  }
}
