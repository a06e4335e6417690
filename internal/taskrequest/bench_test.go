package taskrequest

import "testing"

func BenchmarkParse(b *testing.B) {
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
				if q := Parse(c.method, params); q.Tag.IsZero() && q.Source == "" && q.Package == "" {
					b.Fatal("nothing read")
				}
			}
		})
	}
}

func BenchmarkParseText(b *testing.B) {
	for _, rec := range readJSONLines[recordedRequest](b, "requests.jsonl") {
		if rec.Method != "build" || rec.Text == "" {
			continue
		}
		b.ReportAllocs()
		b.SetBytes(int64(len(rec.Text)))
		for b.Loop() {
			ParseText(rec.Method, rec.Text)
		}
		return
	}
	b.Fatal("no text of a build in the recordings")
}
