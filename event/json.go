package event

import (
	"math"
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/kojiwatch/kojiwatch/koji"
)

// AppendJSON appends the event's JSON, one object on one line without a line
// end, to dst. It is written by hand for speed; the golden files and the JSON
// Schema hold it to its word.
func (e *Event) AppendJSON(dst []byte) []byte {
	o := object{buf: append(dst, `{"schema":"`+Schema+`"`...)}
	o.text("id", e.ID)
	o.text("type", string(e.Type))
	o.text("dialect", string(e.Dialect))
	o.text("topic", e.Topic)
	o.text("instance", e.Instance)
	o.time("received_at", e.ReceivedAt)
	o.text("old", e.Old)
	o.text("new", e.New)
	o.text("url", e.URL)
	o.text("summary", e.Summary)
	if e.Task != nil {
		o.task("task", e.Task)
	}
	if e.Build != nil {
		o.build("build", e.Build)
	}
	o.ref("tag", e.Tag)
	o.ref("user", e.User)
	o.ref("package", e.Package)
	o.ref("owner", e.Owner)
	o.text("action", e.Action)
	o.text("import_type", e.ImportType)
	if e.Repo != nil {
		o.repo("repo", e.Repo)
	}
	if e.RPM != nil {
		o.rpm("rpm", e.RPM)
	}
	if e.Estimate != nil {
		o.estimate("estimate", e.Estimate)
	}
	o.enrichment("enrichment", e.Enrichment)
	if len(e.Raw) > 0 {
		o.name("raw")
		o.buf = append(o.buf, e.Raw...)
	}
	return append(o.buf, '}')
}

// MarshalJSON implements json.Marshaler.
func (e *Event) MarshalJSON() ([]byte, error) { return e.AppendJSON(nil), nil }

// object writes the members of one JSON object. Members that are unknown are
// left out, so each method writes nothing for a zero value.
type object struct {
	buf  []byte
	bare bool // nothing written yet: no comma before the next member
}

func (o *object) name(name string) {
	if o.bare {
		o.buf = append(o.buf, '"')
		o.bare = false
	} else {
		o.buf = append(o.buf, ',', '"')
	}
	o.buf = append(o.buf, name...)
	o.buf = append(o.buf, '"', ':')
}

func (o *object) open(name string) {
	o.name(name)
	o.buf = append(o.buf, '{')
	o.bare = true
}

func (o *object) shut() {
	o.buf = append(o.buf, '}')
	o.bare = false
}

func (o *object) text(name, v string) {
	if v == "" {
		return
	}
	o.name(name)
	o.quote(v)
}

func (o *object) quote(v string) {
	// The only error is about invalid UTF-8, which is written as U+FFFD.
	o.buf, _ = jsontext.AppendQuote(o.buf, v)
}

func (o *object) texts(name string, vs []string) {
	if len(vs) == 0 {
		return
	}
	o.name(name)
	sep := byte('[')
	for _, v := range vs {
		o.buf = append(o.buf, sep)
		o.quote(v)
		sep = ','
	}
	o.buf = append(o.buf, ']')
}

func (o *object) id(name string, v int64) {
	if v != 0 {
		o.int(name, v)
	}
}

func (o *object) int(name string, v int64) {
	o.name(name)
	o.buf = strconv.AppendInt(o.buf, v, 10)
}

func (o *object) optInt(name string, v koji.Opt[int64]) {
	if v.Known {
		o.int(name, v.Value)
	}
}

func (o *object) bool(name string, v bool) {
	o.name(name)
	o.buf = strconv.AppendBool(o.buf, v)
}

func (o *object) optBool(name string, v koji.Opt[bool]) {
	if v.Known {
		o.bool(name, v.Value)
	}
}

func (o *object) float(name string, v float64) {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return // JSON has no such numbers; they mean as little to Koji
	}
	o.name(name)
	o.buf = jsontext.AppendFloat(o.buf, v, 64)
}

func (o *object) seconds(name string, d time.Duration) {
	o.float(name, float64(d.Microseconds())/1e6)
}

func (o *object) optSeconds(name string, d koji.Opt[time.Duration]) {
	if d.Known {
		o.seconds(name, d.Value)
	}
}

func (o *object) time(name string, t time.Time) {
	if t.IsZero() {
		return
	}
	o.name(name)
	o.buf = append(o.buf, '"')
	o.buf = appendTime(o.buf, t)
	o.buf = append(o.buf, '"')
}

// span writes when something began, ran and ended, and how long it ran.
func (o *object) span(created, started, ended time.Time, duration koji.Opt[time.Duration]) {
	o.time("created_at", created)
	o.time("started_at", started)
	o.time("completed_at", ended)
	o.optSeconds("duration", duration)
}

func (o *object) ref(name string, r koji.Ref) {
	if r.IsZero() {
		return
	}
	o.open(name)
	o.id("id", r.ID)
	o.text("name", r.Name)
	o.shut()
}

// appendTime appends an RFC 3339 time in UTC with microseconds, the precision
// of Koji's database, where there are any.
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

// appendDigits appends n in at least width digits. Years before 0 and beyond
// 9999 never get here: koji's times are range-checked.
func appendDigits(dst []byte, n, width int) []byte {
	var tmp [8]byte
	for i := width - 1; i >= 0; i-- {
		tmp[i] = byte('0' + n%10)
		n /= 10
	}
	return append(dst, tmp[:width]...)
}
