package main

import (
	"encoding/xml"
	"fmt"
	"regexp"
	"strings"
)

// The measures of a picture, in pixels.
const (
	columns, columnWidth, lineHeight = 80, 8.43, 19
	margin, titleHeight              = 14, 34
)

var (
	link  = regexp.MustCompile("\x1b\\]8;;[^\x1b]*\x1b\\\\")
	color = regexp.MustCompile("\x1b\\[([0-9]*)m")
)

// fills are the colours of a terminal with a dark background, by their codes.
func fills() map[string]string {
	return map[string]string{
		"": "#d8dee9", "0": "#d8dee9", "2": "#7b869b", "31": "#ff7b72", "32": "#7ee787", "33": "#f2cc60", "34": "#79c0ff",
	}
}

// drawing draws a terminal with lines of text.
func drawing(title string, lines []string) string {
	width := margin*2 + columns*columnWidth
	height := titleHeight + margin + lineHeight*len(lines)
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %d" role="img" aria-label="%s">
<style>text { font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; white-space: pre; }</style>
<rect width="100%%" height="100%%" rx="8" fill="#161b22"/>
<text x="%d" y="22" fill="#7ee787">$ <tspan fill="#d8dee9">%s</tspan></text>
`, width, height, escaped(title), margin, escaped(title))
	for i, line := range lines {
		drawLine(&b, titleHeight+lineHeight*i+margin, line)
	}
	b.WriteString("</svg>\n")
	return b.String()
}

// drawLine draws a line's pieces, each in its colour at its place.
func drawLine(b *strings.Builder, y int, line string) {
	line = link.ReplaceAllString(line, "")
	fill, column := "0", 0
	fmt.Fprintf(b, `<text y="%d">`, y)
	for line != "" {
		text := line
		at := color.FindStringSubmatchIndex(line)
		if at != nil {
			text = line[:at[0]]
		}
		if shown := strings.TrimLeft(text, " "); shown != "" {
			x := float64(margin) + float64(column+len(text)-len(shown))*columnWidth
			size := float64(len([]rune(strings.TrimRight(shown, " ")))) * columnWidth
			fmt.Fprintf(b, `<tspan x="%.1f" textLength="%.1f" fill="%s">%s</tspan>`, x, size, fills()[fill], escaped(strings.TrimRight(shown, " ")))
		}
		column += len([]rune(text))
		if at == nil {
			break
		}
		fill, line = line[at[2]:at[3]], line[at[1]:]
	}
	b.WriteString("</text>\n")
}

func escaped(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a strings.Builder never fails
	return b.String()
}
