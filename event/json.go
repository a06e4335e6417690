package event

import (
	"math"
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/kojiwatch/kojiwatch/koji"
)

// AppendJSON appends the event's JSON to dst: an object on one line, without a line end.
func (e *Event) AppendJSON(dst []byte) []byte {
	o := object{buf: append(dst, `{"schema":"`+Schema+`"`...)}
	o.event(e)
	return append(o.buf, '}')
}

// MarshalJSON implements json.Marshaler.
func (e *Event) MarshalJSON() ([]byte, error) { return e.AppendJSON(nil), nil }

// AppendTask appends the JSON of a task in an event to dst.
func AppendTask(dst []byte, t *koji.Task) []byte {
	o := object{buf: dst, bare: true}
	o.task(",", t)
	return o.buf
}

// AppendFailure appends the JSON of a failure in an event to dst.
func AppendFailure(dst []byte, f *Failure) []byte {
	o := object{buf: dst, bare: true}
	o.failure(",", f)
	return o.buf
}

// AppendBuild appends the JSON of a build in an event to dst.
func AppendBuild(dst []byte, b *koji.Build) []byte {
	o := object{buf: dst, bare: true}
	o.build(",", b)
	return o.buf
}

// object writes the members of one JSON object. Unknown members are omitted, so most
// methods write nothing for a zero value. A key argument is the text before the value,
// including the comma after the previous member.
type object struct {
	buf  []byte
	bare bool // empty so far: no comma before the next member
}

func (o *object) key(key string) {
	if o.bare {
		key = key[1:]
		o.bare = false
	}
	o.buf = append(o.buf, key...)
}

func (o *object) open(key string) {
	o.key(key)
	o.buf = append(o.buf, '{')
	o.bare = true
}

func (o *object) shut() {
	o.buf = append(o.buf, '}')
	o.bare = false
}

func (o *object) openList(key string) {
	o.key(key)
	o.buf = append(o.buf, '[')
	o.bare = true
}

func (o *object) shutList() {
	o.buf = append(o.buf, ']')
	o.bare = false
}

func (o *object) text(key, v string) {
	if v == "" {
		return
	}
	o.key(key)
	o.quote(v)
}

func (o *object) quote(v string) {
	// The only error is about invalid UTF-8, which is written as U+FFFD.
	o.buf, _ = jsontext.AppendQuote(o.buf, v)
}

func (o *object) texts(key string, vs []string) {
	if len(vs) == 0 {
		return
	}
	o.key(key)
	sep := byte('[')
	for _, v := range vs {
		o.buf = append(o.buf, sep)
		o.quote(v)
		sep = ','
	}
	o.buf = append(o.buf, ']')
}

func (o *object) id(key string, v int64) {
	if v != 0 {
		o.int(key, v)
	}
}

func (o *object) int(key string, v int64) {
	o.key(key)
	o.buf = strconv.AppendInt(o.buf, v, 10)
}

func (o *object) optInt(key string, v koji.Opt[int64]) {
	if v.Known {
		o.int(key, v.Value)
	}
}

func (o *object) bool(key string, v bool) {
	o.key(key)
	o.buf = strconv.AppendBool(o.buf, v)
}

func (o *object) optBool(key string, v koji.Opt[bool]) {
	if v.Known {
		o.bool(key, v.Value)
	}
}

func (o *object) float(key string, v float64) {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return // JSON has no such numbers, and Koji does not use them
	}
	o.key(key)
	o.buf = jsontext.AppendFloat(o.buf, v, 64)
}

func (o *object) optFloat(key string, v koji.Opt[float64]) {
	if v.Known {
		o.float(key, v.Value)
	}
}

func (o *object) optSeconds(key string, d koji.Opt[time.Duration]) {
	if d.Known {
		o.float(key, float64(d.Value.Microseconds())/1e6)
	}
}

func (o *object) raw(key string, text []byte) {
	if len(text) > 0 {
		o.key(key)
		o.buf = append(o.buf, text...)
	}
}

func (o *object) time(key string, t time.Time) {
	if t.IsZero() {
		return
	}
	o.key(key)
	o.buf = append(o.buf, '"')
	o.buf = appendTime(o.buf, t)
	o.buf = append(o.buf, '"')
}

func (o *object) ref(key string, r koji.Ref) {
	if r.IsZero() {
		return
	}
	o.open(key)
	o.id(`,"id":`, r.ID)
	o.text(`,"name":`, r.Name)
	o.shut()
}

// appendTime appends an RFC 3339 time in UTC, with up to six digits of microseconds, the
// precision of Koji's database.
func appendTime(dst []byte, t time.Time) []byte {
	t = t.UTC()
	year, month, day := t.Date()
	hour, minute, sec := t.Clock()
	dst = appendDigits(dst, year, 4)
	dst = appendDigits(append(dst, '-'), int(month), 2)
	dst = appendDigits(append(dst, '-'), day, 2)
	dst = appendDigits(append(dst, 'T'), hour, 2)
	dst = appendDigits(append(dst, ':'), minute, 2)
	dst = appendDigits(append(dst, ':'), sec, 2)
	if us := t.Nanosecond() / 1000; us != 0 {
		dst = appendDigits(append(dst, '.'), us, 6)
		for dst[len(dst)-1] == '0' {
			dst = dst[:len(dst)-1]
		}
	}
	return append(dst, 'Z')
}

// appendDigits appends n with width digits. n is never out of range: years are checked when
// times are read.
func appendDigits(dst []byte, n, width int) []byte {
	var tmp [8]byte
	for i := width - 1; i >= 0; i-- {
		tmp[i] = byte('0' + n%10)
		n /= 10
	}
	return append(dst, tmp[:width]...)
}
