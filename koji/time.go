package koji

import (
	"math"
	"time"
)

// ParseTime parses a time in any of Koji's formats and returns it in UTC:
//
//	2026-11-22 07:05:30.472+00:00     hub 1.22 and newer; no fraction if it is zero
//	2026-11-22 07:05:30.472           older hubs; builds inside task requests
//	2026-11-22T07:05:30.472+00:00     Fedora's messages
//	20261122T07:05:30                 dateTime.iso8601 of XML-RPC
//
// Each format may have a fraction of up to nine digits and a time zone (Z, +hh, +hhmm or
// +hh:mm). A time without a time zone is UTC: the hubs that omit it run in UTC.
func ParseTime[T string | []byte](text T) (time.Time, bool) {
	p := timeParser[T]{text: text, ok: true}
	year := p.number(4)
	dashed := p.skip('-')
	month := p.number(2)
	if dashed {
		p.want('-')
	}
	day := p.number(2)
	if !p.skip(' ') {
		p.want('T')
	}
	hour := p.number(2)
	p.want(':')
	minute := p.number(2)
	p.want(':')
	second := p.number(2)
	nano := p.fraction()
	offset := p.zone()
	if !p.ok || p.at != len(text) || year == 0 || hour > 23 || minute > 59 || second > 59 {
		return time.Time{}, false
	}
	t := time.Date(year, time.Month(month), day, hour, minute, second, nano, time.UTC)
	if t.Month() != time.Month(month) || t.Day() != day {
		return time.Time{}, false // a 13th month, a 30th of February
	}
	return t.Add(-offset), true
}

// timeParser parses a time from left to right. Once ok is false it stays false, so that
// it need only be checked at the end.
type timeParser[T string | []byte] struct {
	text T
	at   int
	ok   bool
}

func (p *timeParser[T]) number(digits int) int {
	if len(p.text)-p.at < digits {
		p.ok = false
		return 0
	}
	n := 0
	for range digits {
		c := p.text[p.at]
		if c < '0' || c > '9' {
			p.ok = false
			return 0
		}
		n = n*10 + int(c-'0')
		p.at++
	}
	return n
}

func (p *timeParser[T]) skip(c byte) bool {
	if p.at < len(p.text) && p.text[p.at] == c {
		p.at++
		return true
	}
	return false
}

func (p *timeParser[T]) want(c byte) {
	if !p.skip(c) {
		p.ok = false
	}
}

// fraction returns the nanoseconds of an optional fraction.
func (p *timeParser[T]) fraction() int {
	if !p.skip('.') {
		return 0
	}
	nano, digits := 0, 0
	for p.at < len(p.text) && p.text[p.at] >= '0' && p.text[p.at] <= '9' && digits < 9 {
		nano = nano*10 + int(p.text[p.at]-'0')
		p.at++
		digits++
	}
	if digits == 0 {
		p.ok = false
	}
	for ; digits < 9; digits++ {
		nano *= 10
	}
	return nano
}

// zone returns the offset of an optional time zone, which is positive east of UTC.
func (p *timeParser[T]) zone() time.Duration {
	if p.at == len(p.text) || p.skip('Z') {
		return 0
	}
	sign := time.Duration(1)
	if p.skip('-') {
		sign = -1
	} else {
		p.want('+')
	}
	hours, minutes := p.number(2), 0
	if p.at < len(p.text) {
		p.skip(':')
		minutes = p.number(2)
	}
	if hours > 23 || minutes > 59 {
		p.ok = false
	}
	return sign * (time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute)
}

// The seconds since the epoch at which the years 1 and 10000 begin. The first is Go's
// zero time, which means unknown.
const (
	firstSecond = -62135596800
	afterSecond = 253402300800
)

// TimeFromEpoch returns the time at a number of seconds since the epoch, rounded to
// microseconds (the hub's precision) and in UTC. It returns false for times outside the
// years 1 to 9999.
func TimeFromEpoch(seconds float64) (time.Time, bool) {
	if math.IsNaN(seconds) || seconds <= firstSecond || seconds >= afterSecond {
		return time.Time{}, false
	}
	whole := math.Floor(seconds)
	micro := int64(math.Round((seconds - whole) * 1e6))
	return time.Unix(int64(whole), micro*1000).UTC(), true
}
