package kojiwire

import (
	"testing"

	"github.com/kojiwatch/kojiwatch/koji"
)

func BenchmarkParseRequest(b *testing.B) {
	for name, c := range map[string]struct{ method, request string }{
		"build":       {"build", `["git+https://src.example.org/rpms/zsh.git#0a1b2c3d4e5f60718293a4b5c6d7e8f901234567", "f44", {"repo_id": 1, "scratch": true}]`},
		"buildArch":   {"buildArch", `["tasks/2/90002/zsh-5.9.1-3.fc44.src.rpm", 4410, "x86_64", true, {"repo_id": 660012}]`},
		"tagBuild":    {"tagBuild", `[4411, 2700123, false, null, true]`},
		"createImage": {"createImage", `["cloud-base", "40", "11.54", "x86_64", {"build_tag": 2, "build_tag_name": "f55-build", "id": 1, "name": "f55"}, 2, {"id": 1}, "https://m.example/", {"scratch": null}]`},
		"newRepo":     {"newRepo", `["f44-build", {"event": 123, "src": false, "__starstar": true}]`},
		"unknown":     {"siteBuild", `["git+https://src.example.org/rpms/zsh.git", "f44", {"scratch": true}]`},
	} {
		params := paramsOf(b, c.request)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if q := ParseRequest(c.method, params); q.Tag.IsZero() && q.Source == "" && q.Package == "" {
					b.Fatal("nothing read")
				}
			}
		})
	}
}

func BenchmarkParseRequestText(b *testing.B) {
	for _, rec := range readJSONLines[recordedRequest](b, "requests.jsonl") {
		if rec.Method != "build" || rec.Text == "" {
			continue
		}
		b.ReportAllocs()
		b.SetBytes(int64(len(rec.Text)))
		for b.Loop() {
			ParseRequestText(rec.Method, rec.Text)
		}
		return
	}
	b.Fatal("no text of a build in the recordings")
}

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
