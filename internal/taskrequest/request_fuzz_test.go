package taskrequest

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/kojiwatch/kojiwatch/koji"
)

// sound checks properties that every Request has, whatever its input.
func sound(q koji.Request) string {
	switch {
	case q.BuildID < 0 || q.RepoID < 0 || q.Tag.ID < 0 || q.FromTag.ID < 0 || q.Target.ID < 0:
		return "a negative id"
	case q.Arches != nil && len(q.Arches) == 0 || q.Packages != nil && len(q.Packages) == 0:
		return "an empty list that is not nil"
	case !q.Scratch.Known && q.Scratch.Value:
		return "an unknown scratch that is true"
	case q.BuildNVR != "" && q.NVR == "" && q.Package == "":
		return "a build without a package"
	}
	for _, name := range append([]string{q.BuildNVR}, q.NVR) {
		if name == "" {
			continue
		}
		if strings.Count(name, "-") < 2 {
			return "an NVR without three parts: " + name
		}
	}
	return ""
}

func FuzzParse(f *testing.F) {
	for _, rec := range readJSONLines[recordedRequest](f, "requests.jsonl") {
		f.Add(rec.Method, string(rec.Request))
	}
	f.Add("build", `[{"__method__": "build", "src": "git://u:p@h/x", "__starstar": true}]`)
	f.Add("siteMethod", `{"arches": ""}`)
	f.Fuzz(func(t *testing.T, method, request string) {
		v, err := values(request)
		if err != nil {
			return
		}
		params, ok := v.([]any)
		if !ok {
			params = []any{v}
		}
		if why := sound(Parse(method, params)); why != "" {
			t.Errorf("%s %s: %s", method, request, why)
		}
		ParseResult(method, v)
	})
}

func FuzzParseText(f *testing.F) {
	for _, rec := range readJSONLines[recordedRequest](f, "requests.jsonl") {
		if rec.Text != "" {
			f.Add(rec.Method, rec.Text)
		}
	}
	f.Fuzz(func(t *testing.T, method, text string) {
		if why := sound(ParseText(method, text)); why != "" {
			t.Errorf("%s %s: %s", method, text, why)
		}
	})
}

// TestNotificationsKeepMailAddresses checks that mail addresses in the requests of
// notifications never appear in a Request.
func TestNotificationsKeepMailAddresses(t *testing.T) {
	const address = "rosa@example.org"
	build := map[string]any{"id": int64(7), "nvr": "zsh-5-1", "name": "zsh", "owner_name": address, "source": address}
	whole := map[string][]any{
		"buildNotification": {[]any{address}, build, map[string]any{"id": int64(1), "name": "f44"}, "https://koji.example.org/koji"},
		"tagNotification":   {[]any{address}, true, int64(5), int64(4), int64(7), int64(77), false, address},
	}
	rapid.Check(t, func(t *rapid.T) {
		for method, params := range whole {
			params = append([]any{}, params...)
			for range rapid.IntRange(0, 3).Draw(t, "changes") { // truncated, with a parameter dropped or replaced
				if len(params) == 0 {
					break
				}
				i := rapid.IntRange(0, len(params)-1).Draw(t, "place")
				if rapid.Bool().Draw(t, "drop") {
					params = append(params[:i:i], params[i+1:]...)
				} else if i > 0 { // keep the addresses in their position
					params[i] = rapid.SampledFrom([]any{nil, int64(3), []any{address}, map[string]any{"__starstar": true, "recipients": address}}).Draw(t, "value")
				}
			}
			q := Parse(method, params)
			if strings.Contains(q.Package+q.NVR+q.Source+q.Arch+strings.Join(q.Arches, ""), address) {
				t.Fatalf("%s %v: %+v", method, params, q)
			}
		}
	})
}

// TestStylesAgree checks that the three styles of a request give the same Request.
func TestStylesAgree(t *testing.T) {
	for _, rec := range readJSONLines[recordedRequest](t, "requests.jsonl") {
		params := paramsOf(t, string(rec.Request))
		m, a := methods[rec.Method], argsOf(params)
		if m == nil || a.marker != "" {
			continue
		}
		s, fits := m.signatureFor(a)
		if !fits || s.variadic {
			continue
		}
		want := rec.Want.request()
		for split := range len(params) + 1 {
			named := map[string]any{namedMarker: true}
			for i := split; i < len(params); i++ {
				named[s.params[i].name] = params[i]
			}
			checkRequest(t, rec.Method, append(params[:split:split], named), want)
			if split == 0 {
				delete(named, namedMarker)
				named[methodMarker] = rec.Method
				checkRequest(t, rec.Method, []any{named}, want)
			}
		}
	}
}
