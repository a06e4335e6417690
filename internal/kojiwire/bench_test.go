package kojiwire

import (
	"testing"

	"github.com/kojiwatch/kojiwatch/koji"
)

type field struct {
	name  string
	value Scalar
}

func BenchmarkTaskSet(b *testing.B) {
	fields := []field{
		{"arch", Text([]byte("noarch"))}, {"awaited", Null()}, {"channel_id", Int(1)},
		{"completion_time", Text([]byte("2026-11-22 07:05:56.661071+00:00"))},
		{"completion_ts", Float(1795331156.661071)},
		{"create_time", Text([]byte("2026-11-22 06:39:27.721240+00:00"))}, {"create_ts", Float(1795329567.72124)},
		{"host_id", Int(1)}, {"id", Int(17)}, {"label", Null()}, {"method", Text([]byte("build"))},
		{"owner", Int(4)}, {"parent", Null()}, {"priority", Int(20)},
		{"start_time", Text([]byte("2026-11-22 06:41:41.543755+00:00"))}, {"start_ts", Float(1795329701.543755)},
		{"state", Int(2)}, {"waiting", Null()}, {"weight", Float(1)},
	}
	names := make([][]byte, len(fields))
	for i, f := range fields {
		names[i] = []byte(f.name)
	}
	b.ReportAllocs()
	for b.Loop() {
		var t koji.Task
		for i := range fields {
			SetTask(&t, names[i], fields[i].value)
		}
		if t.ID != 17 || t.Ended.IsZero() {
			b.Fatal("not read")
		}
	}
}

func BenchmarkParseTime(b *testing.B) {
	text := []byte("2026-11-22 07:05:56.661071+00:00")
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := koji.ParseTime(text); !ok {
			b.Fatal("not read")
		}
	}
}
