package parse_test

import (
	"testing"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/parse"
)

// BenchmarkParse parses the recorded messages in turn, by dialect and kind.
func BenchmarkParse(b *testing.B) {
	for name, file := range map[string]string{
		"protonmsg-rabbitmq3": "messages-protonmsg.jsonl",
		"protonmsg-rabbitmq4": "messages-protonmsg-rabbitmq4.jsonl",
		"fedora":              "messages-fedora.jsonl",
	} {
		all := readRecording(b, "testdata/recordings/"+file)
		b.Run(name, func(b *testing.B) { benchParse(b, all) })
	}
}

// BenchmarkParseTask parses each recorded task message separately, the slowest last.
func BenchmarkParseTask(b *testing.B) {
	all := readRecording(b, "testdata/recordings/messages-protonmsg.jsonl")
	p := parse.New(parse.Options{})
	var tasks []recorded
	var largest recorded
	for _, r := range all {
		e, err := p.Parse(&r.Delivery)
		if err != nil {
			b.Fatal(err)
		}
		if e.Type != event.TaskStateChange {
			continue
		}
		tasks = append(tasks, r)
		if len(r.Body) > len(largest.Body) {
			largest = r
		}
	}
	b.Run("all", func(b *testing.B) { benchParse(b, tasks) })
	b.Run("largest", func(b *testing.B) { benchParse(b, []recorded{largest}) })
}

func benchParse(b *testing.B, all []recorded) {
	p := parse.New(parse.Options{})
	e := new(event.Record)
	size := 0
	for _, r := range all {
		size += len(r.Body)
	}
	b.SetBytes(int64(size / len(all)))
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if err := p.ParseInto(e, &all[i%len(all)].Delivery); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkAppendJSON encodes the events of the recorded messages.
func BenchmarkAppendJSON(b *testing.B) {
	p := parse.New(parse.Options{})
	var events []*event.Event
	for _, r := range readRecording(b, "testdata/recordings/messages-protonmsg.jsonl") {
		e, err := p.Parse(&r.Delivery)
		if err != nil {
			b.Fatal(err)
		}
		events = append(events, e)
	}
	var buf []byte
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		buf = events[i%len(events)].AppendJSON(buf[:0])
	}
}
