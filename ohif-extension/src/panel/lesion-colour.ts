/** Trend colours, one a lesion: apart from each other for colour-blind eyes, and none of them a risk group's. */
const colours = ['#7fd1b9', '#d9a5e8', '#f4e285', '#9db8ff'] as const;

/** Colour of the lesion at a position of the list. */
export function lesionColour(at: number): string {
  return colours[Math.max(at, 0) % colours.length] ?? colours[0];
}
