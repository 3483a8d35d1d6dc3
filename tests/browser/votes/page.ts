/** What the page of ballots and figures can do, for test_ballots.py and test_figures.py. */
import { clear, offer, read } from "../../../static/src/votes/ballots/ballot"
import { count } from "../../../static/src/votes/count"
import { load } from "../../../static/src/votes/maps/map"
import { draw } from "../../../static/src/votes/figures"

Object.assign(window, { clear, offer, read, count, draw, load })
