package main

import (
	"fmt"
	"math"
	"os"
	"strings"
	"time"

	"github.com/kojiwatch/kojiwatch/koji"
)

// point is the estimated and the actual time of a build.
type point struct {
	likely, truth time.Duration
	mass          bool
}

// The plot, in pixels. Both axes are logarithms, from a minute to two days.
const (
	plotSize = 480
	margin   = 50
)

const (
	plotFrom = time.Minute
	plotTo   = 48 * time.Hour
)

func pixels(d time.Duration) float64 {
	at := math.Log(max(plotFrom, min(d, plotTo)).Seconds()/plotFrom.Seconds()) / math.Log(plotTo.Seconds()/plotFrom.Seconds())
	return at * plotSize
}

// plot draws the estimates of starting builds and the actual times.
func plot(path string, points []point) error {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" font-size="12">
<rect width="100%%" height="100%%" fill="white"/>
<g transform="translate(%d,20)">
<rect width="%d" height="%d" fill="none" stroke="gray"/>
<line x1="0" y1="%d" x2="%d" y2="0" stroke="gray"/>
`, plotSize+margin+20, plotSize+margin+20, margin, plotSize, plotSize, plotSize, plotSize)
	for _, tick := range []struct {
		at   time.Duration
		name string
	}{{time.Minute, "1 min"}, {10 * time.Minute, "10 min"}, {time.Hour, "1 h"}, {6 * time.Hour, "6 h"}, {24 * time.Hour, "1 d"}} {
		x := pixels(tick.at)
		fmt.Fprintf(&b, "<text x=\"%.0f\" y=\"%d\" text-anchor=\"middle\">%s</text>\n", x, plotSize+16, tick.name)
		fmt.Fprintf(&b, "<text x=\"-4\" y=\"%.0f\" text-anchor=\"end\">%s</text>\n", plotSize-x+4, tick.name)
	}
	fmt.Fprintf(&b, "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">took</text>\n<text x=\"4\" y=\"14\">estimated</text>\n", plotSize/2, plotSize+32)
	for _, p := range points {
		color := "steelblue"
		if p.mass {
			color = "orangered"
		}
		fmt.Fprintf(&b, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"1.5\" fill=\"%s\" fill-opacity=\"0.5\"/>\n", pixels(p.truth), plotSize-pixels(p.likely), color)
	}
	b.WriteString("</g>\n</svg>\n")
	return os.WriteFile(path, []byte(b.String()), 0o644) //nolint:gosec // it is not secret
}

// plotted keeps the points of the plot.
func (r *result) plotted(e *estimate, t *koji.Task) {
	const most = 2000
	if e.contender == streamOnly && e.moment.method == "build" && e.moment.state == koji.TaskOpen && len(r.points) < most {
		r.points = append(r.points, point{e.answer.likely.Sub(e.at), t.Ended.Sub(e.at), e.moment.mass})
	}
}
