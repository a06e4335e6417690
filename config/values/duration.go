package values

import (
	"errors"
	"math"
	"strings"
	"time"
)

var (
	errDurationForm  = errors.New("is not a duration; write it like 30s or 5m")
	errDurationSign  = errors.New("is a negative duration")
	errDurationRange = errors.New("is a duration too long to count")
)

// ParseDuration parses a duration as in the file: with Go's units and d for a day of 24
// hours, as in 30s, 1h30m or 7d. Its error messages continue a sentence that begins with
// the text.
func ParseDuration(text string) (time.Duration, error) {
	if text == "0" {
		return 0, nil
	}
	rest, negative := strings.CutPrefix(text, "-")
	var total time.Duration
	for rest != "" {
		number, unit, after := cutDuration(rest)
		part, err := parseDurationPart(number, unit)
		if err != nil {
			return 0, err
		}
		if total > math.MaxInt64-part {
			return 0, errDurationRange
		}
		total, rest = total+part, after
	}
	switch {
	case text == "" || text == "-":
		return 0, errDurationForm
	case negative:
		return 0, errDurationSign
	}
	return total, nil
}

// cutDuration cuts the first number and its unit off the text.
func cutDuration(text string) (number, unit, rest string) {
	isNumber := func(r rune) bool { return r == '.' || '0' <= r && r <= '9' }
	end := strings.IndexFunc(text, func(r rune) bool { return !isNumber(r) })
	if end < 0 {
		return text, "", ""
	}
	number, rest = text[:end], text[end:]
	if end = strings.IndexFunc(rest, isNumber); end < 0 {
		end = len(rest)
	}
	return number, rest[:end], rest[end:]
}

func parseDurationPart(number, unit string) (time.Duration, error) {
	factor := time.Duration(1)
	if unit == "d" {
		unit, factor = "h", 24
	}
	if number == "" || unit == "" {
		return 0, errDurationForm
	}
	part, err := time.ParseDuration(number + unit)
	switch {
	case err != nil:
		return 0, errDurationForm
	case part > math.MaxInt64/factor:
		return 0, errDurationRange
	}
	return part * factor, nil
}
