/** hls.js without subtitles, other soundtracks and DRM: the same types, two thirds of the size. */
declare module "hls.js/light" {
  export { default } from "hls.js"
}
