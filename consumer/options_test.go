package consumer

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/consumer/broker"
)

func validOptions() Options {
	return Options{
		Brokers: func(context.Context) ([]broker.Address, error) { return nil, nil },
		Queue:   Queue{Name: "q", Durable: true},
	}
}

func TestDefaults(t *testing.T) {
	c, err := New[int](&funcHandler{}, validOptions())
	if err != nil {
		t.Fatal(err)
	}
	o := c.options
	if o.Prefetch != 512 || o.Workers != 1 || o.Batch != 256 || o.DeadQueue != "q.dead" || o.Name != "kojiwatch" ||
		o.HoldLimit != 15*time.Minute || o.RetryFirst != 500*time.Millisecond || o.RetryLast != time.Minute {
		t.Errorf("%+v", o)
	}
	many := validOptions()
	many.Workers = 64
	if c, err = New[int](&funcHandler{}, many); err != nil || c.options.Batch != 1 {
		t.Errorf("with many workers the batch is %d (%v)", c.options.Batch, err)
	}
}

func TestOptionsThatCannotWork(t *testing.T) {
	for name, c := range map[string]struct {
		edit func(*Options)
		says string
	}{
		"no brokers":                {func(o *Options) { o.Brokers = nil }, "no brokers"},
		"prefetch":                  {func(o *Options) { o.Prefetch = 65536 }, "prefetch 65536"},
		"negative prefetch":         {func(o *Options) { o.Prefetch = -1 }, "prefetch -1"},
		"workers":                   {func(o *Options) { o.Workers = -1 }, "workers -1"},
		"batch":                     {func(o *Options) { o.Batch = -1 }, "batch -1"},
		"declare":                   {func(o *Options) { o.Declare = 9 }, "declare 9"},
		"retries":                   {func(o *Options) { o.RetryFirst = time.Hour }, "longest pause 1m0s"},
		"long queue name":           {func(o *Options) { o.Queue.Name = strings.Repeat("q", 256) }, "queue name is longer"},
		"long dead queue name":      {func(o *Options) { o.Queue.Name = strings.Repeat("q", 251) }, "dead-letter queue's name is longer"},
		"long connection name":      {func(o *Options) { o.Name = strings.Repeat("q", 256) }, "connection name is longer"},
		"unnamed but passive":       {func(o *Options) { o.Queue.Name, o.Declare, o.DeadQueue = "", Passive, "d" }, "needs a name"},
		"unnamed without dead ones": {func(o *Options) { o.Queue.Name = "" }, "dead letters in a file"},
		"transient quorum":          {func(o *Options) { o.Queue.Type, o.Queue.Durable = "quorum", false }, "quorum"},
		"exclusive quorum":          {func(o *Options) { o.Queue.Type, o.Queue.Exclusive = "quorum", true }, "quorum"},
		"bad argument":              {func(o *Options) { o.Queue.Arguments = map[string]any{"x-a": []any{struct{}{}}} }, "x-a: [0]: value struct {} not supported"},
		"binding to nothing":        {func(o *Options) { o.Bindings = []Binding{{Keys: []string{"#"}}} }, "names no exchange"},
		"bad binding argument": {func(o *Options) {
			o.Bindings = []Binding{{Exchange: "e", Arguments: map[string]any{"x": uint64(1 << 63)}}}
		}, "to e: x: 9223372036854775808 is too big"},
		"long key": {func(o *Options) { o.Bindings = []Binding{{Exchange: "e", Keys: []string{strings.Repeat("k", 256)}}} }, "routing key"},
	} {
		t.Run(name, func(t *testing.T) {
			o := validOptions()
			c.edit(&o)
			if _, err := New[int](&funcHandler{}, o); err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("error %v, should say %q", err, c.says)
			}
		})
	}
}

func TestAllThatCannotWorkIsNamedAtOnce(t *testing.T) {
	_, err := New[int](&funcHandler{}, Options{Workers: -1})
	for _, want := range []string{"no brokers", "workers -1", "dead letters in a file"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v does not say %q", err, want)
		}
	}
}
