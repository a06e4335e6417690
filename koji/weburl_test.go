package koji

import (
	"net/url"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

const kojiweb = "https://koji.example.org/koji"

func TestWeb(t *testing.T) {
	w, err := NewWeb(kojiweb + "/")
	if err != nil {
		t.Fatal(err)
	}
	for got, want := range map[string]string{
		w.String():                           kojiweb,
		w.Task(17):                           kojiweb + "/taskinfo?taskID=17",
		w.TaskFile(17, "a b.log"):            kojiweb + "/getfile?taskID=17&volume=DEFAULT&name=a%20b.log",
		w.Build(42):                          kojiweb + "/buildinfo?buildID=42",
		w.Tag(Ref{ID: 5, Name: "f44"}):       kojiweb + "/taginfo?tagID=5",
		w.Tag(Ref{Name: "f44 a/b+c~d&e=#%"}): kojiweb + "/taginfo?tagID=f44%20a%2Fb%2Bc~d%26e%3D%23%25",
		w.Package(Ref{Name: "gtk+"}):         kojiweb + "/packageinfo?packageID=gtk%2B",
		w.User(Ref{Name: "host/b1@EXAMPLE"}): kojiweb + "/userinfo?userID=host%2Fb1%40EXAMPLE",
		w.Host(Ref{ID: 3}):                   kojiweb + "/hostinfo?hostID=3",
		w.Target(Ref{ID: 3, Name: "f44"}):    kojiweb + "/buildtargetinfo?targetID=3",
		w.Target(Ref{Name: "44"}):            kojiweb + "/buildtargetinfo?name=44",
		w.Channel(2):                         kojiweb + "/channelinfo?channelID=2",
		w.RPM(9):                             kojiweb + "/rpminfo?rpmID=9",
		w.Repo(8):                            kojiweb + "/repoinfo?repoID=8",
		w.FindBuild("gtk+-1^2-3.fc44"):       kojiweb + "/search?terms=gtk%2B-1%5E2-3.fc44&type=build&match=exact",
	} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestWebWithoutPage(t *testing.T) {
	w, err := NewWeb(kojiweb)
	if err != nil {
		t.Fatal(err)
	}
	for name, got := range map[string]string{
		"task 0": w.Task(0), "file of task 0": w.TaskFile(0, "build.log"), "no file": w.TaskFile(1, ""), "build -1": w.Build(-1), "no tag": w.Tag(Ref{}), "tag named 44": w.Tag(Ref{Name: "44"}),
		"no target": w.Target(Ref{}), "target -1": w.Target(Ref{ID: -1, Name: "x"}), "no NVR": w.FindBuild(""),
		"no web: task": Web{}.Task(1), "no web: tag": Web{}.Tag(Ref{Name: "x"}), "no web: NVR": Web{}.FindBuild("x"), "no web": Web{}.String(),
	} {
		if got != "" {
			t.Errorf("%s: got %s, want nothing", name, got)
		}
	}
}

func TestNewWeb(t *testing.T) {
	for address, want := range map[string]string{
		"http://localhost/koji":                   "http://localhost/koji",
		" https://rosa:s3cret@koji.example.org/ ": "https://koji.example.org",
		"https://koji.example.org:8443/a%20b/c//": "https://koji.example.org:8443/a%20b/c",
		"HTTPS://[2001:db8::1]:8443/koji":         "https://[2001:db8::1]:8443/koji",
	} {
		if w, err := NewWeb(address); err != nil || w.String() != want {
			t.Errorf("NewWeb(%q) = %q, %v; want %q", address, w, err, want)
		}
	}
	for _, address := range []string{
		"", "koji", "/koji", "koji.example.org/koji", "ftp://koji.example.org", "https://", "https:///koji", "https://:443/koji",
		"https://koji.example.org/koji?x", "https://koji.example.org/koji#x", "javascript:alert(1)", "https://a\"b/koji",
		"https://koji.example.org/\x1b[31m", "https://koji.example.org/" + strings.Repeat("a", maxURL),
	} {
		if w, err := NewWeb(address); err == nil {
			t.Errorf("NewWeb(%.100q) = %q, want an error", address, w)
		} else if len(address) > 20 && strings.Contains(err.Error(), address) {
			t.Errorf("NewWeb(%.100q): the error repeats it: %.200v", address, err)
		}
	}
}

func TestParseWebURL(t *testing.T) {
	at := func(p Page) Page { p.Base = kojiweb; return p }
	for text, want := range map[string]Page{
		"/taskinfo?taskID=17":                           at(Page{Kind: PageTask, ID: 17}),
		"/taskinfo/?taskID=17":                          at(Page{Kind: PageTask, ID: 17}),
		"/taskinfo/ignored/buildinfo?taskID=17&x=y#log": at(Page{Kind: PageTask, ID: 17}),
		"/taskinfo?order=-id&taskID=0017":               at(Page{Kind: PageTask, ID: 17}),
		"/taskstatus?taskID=17":                         at(Page{Kind: PageTask, ID: 17}),
		"/watchlogs?taskID=17&taskID=18&taskID=19":      at(Page{Kind: PageTask, ID: 17, Others: []int64{18, 19}}),
		"/watchlogs?taskID=17":                          at(Page{Kind: PageTask, ID: 17}),
		"/getfile?name=build.log&taskID=17&offset=-400": at(Page{Kind: PageTask, ID: 17, File: "build.log"}),
		"/buildinfo?buildID=42":                         at(Page{Kind: PageBuild, ID: 42}),
		"/packageinfo?packageID=42":                     at(Page{Kind: PagePackage, ID: 42}),
		"/packageinfo?packageID=gtk%2B":                 at(Page{Kind: PagePackage, Name: "gtk+"}),
		"/taginfo?tagID=f44-build&all=1":                at(Page{Kind: PageTag, Name: "f44-build"}),
		"/taginfo?tagID=4":                              at(Page{Kind: PageTag, ID: 4}),
		"/buildtargetinfo?targetID=4":                   at(Page{Kind: PageTarget, ID: 4}),
		"/buildtargetinfo?name=44":                      at(Page{Kind: PageTarget, Name: "44"}),
		"/userinfo?userID=host%2Fb1%40EXAMPLE":          at(Page{Kind: PageUser, Name: "host/b1@EXAMPLE"}),
		"/hostinfo?hostID=4":                            at(Page{Kind: PageHost, ID: 4}),
		"/hostinfo?hostID=b1.example.org":               at(Page{Kind: PageHost, Name: "b1.example.org"}),
		"/hostinfo?userID=7":                            at(Page{Kind: PageHost, ID: 7, ByUser: true}),
		"/channelinfo?channelID=4":                      at(Page{Kind: PageChannel, ID: 4}),
		"/rpminfo?rpmID=4":                              at(Page{Kind: PageRPM, ID: 4}),
		"/archiveinfo?archiveID=4":                      at(Page{Kind: PageArchive, ID: 4}),
		"/fileinfo?rpmID=4&filename=/usr/bin/zsh":       at(Page{Kind: PageRPM, ID: 4, File: "/usr/bin/zsh"}),
		"/fileinfo?filename=a.jar&archiveID=4":          at(Page{Kind: PageArchive, ID: 4, File: "a.jar"}),
		"/buildrootinfo?buildrootID=4":                  at(Page{Kind: PageBuildroot, ID: 4}),
		"/rpmlist?type=component&buildrootID=4":         at(Page{Kind: PageBuildroot, ID: 4}),
		"/archivelist?type=image&imageID=4":             at(Page{Kind: PageArchive, ID: 4}),
		"/externalrepoinfo?extrepoID=epel":              at(Page{Kind: PageExternalRepo, Name: "epel"}),
		"/repoinfo?repoID=4":                            at(Page{Kind: PageRepo, ID: 4}),
		"/reporequest?reqID=4":                          at(Page{Kind: PageRepoRequest, ID: 4}),
	} {
		if got, err := ParseWebURL(kojiweb + text); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("ParseWebURL(…%s)\n got %+v, %v\nwant %+v", text, got, err, want)
		}
	}
}

func TestParseWebURLAddresses(t *testing.T) {
	for text, want := range map[string]string{
		"https://koji.example.org/taskinfo?taskID=1":                   "https://koji.example.org",
		"http://koji.example.org:8080/a/b%20c/taskinfo?taskID=1":       "http://koji.example.org:8080/a/b%20c",
		" https://rosa:s3cret@koji.example.org/koji/taskinfo?taskID=1": kojiweb,
	} {
		if got, err := ParseWebURL(text); err != nil || got.Base != want {
			t.Errorf("ParseWebURL(%q): base %q, %v; want %q", text, got.Base, err, want)
		}
	}
}

func TestParseWebURLOfFiles(t *testing.T) {
	const top = "https://pkgs.example.org/top"
	at := func(p Page) Page { p.Base = top; return p }
	for text, want := range map[string]Page{
		"/packages/zsh/5.9/3.fc44":                             at(Page{Kind: PageBuild, Name: "zsh-5.9-3.fc44"}),
		"/packages/zsh/5.9/3.fc44/x86_64/zsh-5.9-3.x86_64.rpm": at(Page{Kind: PageBuild, Name: "zsh-5.9-3.fc44", File: "x86_64/zsh-5.9-3.x86_64.rpm"}),
		"/packages/gtk%2B/1%5E2/3.fc44,draft_7/":               at(Page{Kind: PageBuild, Name: "gtk+-1^2-3.fc44,draft_7"}),
		"/vol/fast/packages/zsh/5.9/3/data/logs/":              at(Page{Kind: PageBuild, Name: "zsh-5.9-3", File: "data/logs"}),
		"/packages/buildinfo/5.9/3":                            at(Page{Kind: PageBuild, Name: "buildinfo-5.9-3"}),
		"/work/tasks/1/90001/build.log":                        at(Page{Kind: PageTask, ID: 90001, File: "build.log"}),
		"/work/tasks/17/17":                                    at(Page{Kind: PageTask, ID: 17}),
		"/scratch/rosa/task_90001/zsh-5.9-3.src.rpm":           at(Page{Kind: PageTask, ID: 90001, File: "zsh-5.9-3.src.rpm"}),
		"/repos/f44-build/660012/x86_64":                       at(Page{Kind: PageRepo, ID: 660012, File: "x86_64"}),
		"/repos-dist/f44/660012":                               at(Page{Kind: PageRepo, ID: 660012}),
	} {
		if got, err := ParseWebURL(top + text); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("ParseWebURL(…%s)\n got %+v, %v\nwant %+v", text, got, err, want)
		}
	}
}

func TestParseWebURLRefuses(t *testing.T) {
	for text, why := range map[string]string{
		kojiweb + "/canceltask?taskID=1":                   "would change something",
		kojiweb + "/tagedit?tagID=1":                       "would change something",
		kojiweb + "/login":                                 "would change something",
		kojiweb + "/tasks?owner=rosa":                      "not about a single object",
		kojiweb + "/packages?tagID=4":                      "not about a single object",
		kojiweb + "/packages/zsh?tagID=4":                  "not about a single object",
		kojiweb + "/search?terms=x&type=build&match=exact": "not about a single object",
		kojiweb + "/taskinfo":                              "argument taskID is missing",
		kojiweb + "/taskinfo?taskid=5":                     "argument taskID is missing",
		kojiweb + "/taskinfo?taskID=":                      "argument taskID is missing",
		kojiweb + "/taskinfo?taskID=0":                     "not an id",
		kojiweb + "/taskinfo?taskID=-5":                    "not an id",
		kojiweb + "/taskinfo?taskID=zsh":                   "not an id",
		kojiweb + "/taskinfo?taskID=99999999999999999999":  "not an id",
		kojiweb + "/taskinfo?taskID=1&taskID=2":            "is repeated",
		kojiweb + "/watchlogs?taskID=1&taskID=x":           "not an id",
		kojiweb + "/channelinfo?channelID=default":         "not an id",
		kojiweb + "/taginfo?tagID=a%0Ab":                   "control characters",
		kojiweb + "/getfile?taskID=1&name=a%1B":            "control characters",
		kojiweb + "/targetinfo?targetID=1":                 "neither a page",
		kojiweb + "/TaskInfo?taskID=1":                     "neither a page",
		kojiweb:                                            "neither a page",
		"https://pkgs.example.org/work/tasks/2/90001":      "not about a single object",
		"https://pkgs.example.org/work/tasks/x/y":          "not about a single object",
		"https://pkgs.example.org/scratch/rosa/task_":      "neither a page",
		"https://pkgs.example.org/repos/f44/latest":        "not about a single object",
		"https://pkgs.example.org/work/tasks/1/%2e%2e/1":   "not about a single object",
		"ftp://koji.example.org/taskinfo?taskID=1":         "want a URL",
		"taskinfo?taskID=1":                                "want a URL",
		"":                                                 "want a URL",
		"https://x/\x00taskinfo?taskID=1":                  "want a URL",
		"https://x/" + strings.Repeat("a/", maxURL):        "too long",
	} {
		got, err := ParseWebURL(text)
		if err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("ParseWebURL(%.100q) = %+v, %v; want an error with %q", text, got, err, why)
		}
		if err != nil && len(err.Error()) > 300 {
			t.Errorf("ParseWebURL(%.100q): an error of %d bytes", text, len(err.Error()))
		}
	}
}

// TestWebURLRoundTrip checks that ParseWebURL parses the URLs of Web.
func TestWebURLRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, err := NewWeb(rapid.SampledFrom([]string{kojiweb, "http://localhost:8080", "https://k.example.org/a/b%20c"}).Draw(t, "web"))
		if err != nil {
			t.Fatal(err)
		}
		id := rapid.Int64Range(1, 1<<62).Draw(t, "id")
		name := rapid.StringOf(rapid.RuneFrom([]rune("az09-_.+~/@&?#=% ěš\"'<>;"))).Draw(t, "name")
		for kind, urls := range map[PageKind]func(Ref) string{
			PageTask:    func(r Ref) string { return w.Task(r.ID) },
			PageBuild:   func(r Ref) string { return w.Build(r.ID) },
			PageTag:     w.Tag,
			PageTarget:  w.Target,
			PagePackage: w.Package,
			PageUser:    w.User,
			PageHost:    w.Host,
			PageChannel: func(r Ref) string { return w.Channel(r.ID) },
			PageRPM:     func(r Ref) string { return w.RPM(r.ID) },
			PageRepo:    func(r Ref) string { return w.Repo(r.ID) },
		} {
			for _, r := range []Ref{{ID: id}, {Name: name}} {
				text := urls(r)
				if text == "" {
					continue
				}
				got, err := ParseWebURL(text)
				if want := (Page{Kind: kind, ID: r.ID, Name: r.Name, Base: w.String()}); err != nil || !reflect.DeepEqual(got, want) {
					t.Fatalf("%s: got %+v, %v; want %+v", text, got, err, want)
				}
				if strings.ContainsAny(text[len(w.String()):], " \"'<>;") {
					t.Fatalf("%s: raw text in it", text)
				}
			}
		}
	})
}

func FuzzParseWebURL(f *testing.F) {
	for _, seed := range []string{
		kojiweb + "/taskinfo?taskID=17", kojiweb + "/watchlogs?taskID=17&taskID=18", kojiweb + "/taginfo?tagID=f44%20x#y",
		kojiweb + "/packages/zsh/5.9/3.fc44/x86_64/", "https://h/vol/a/packages/a/b/c", "http://h/work/tasks/1/90001/a.log", "https://h/canceltask?taskID=1",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		page, err := ParseWebURL(text)
		if err != nil {
			if len(err.Error()) > 300 {
				t.Fatalf("an error of %d bytes", len(err.Error()))
			}
			return
		}
		if page.Kind == PageUnknown || page.Kind.String() == "" || page.ID == 0 && page.Name == "" || page.ID < 0 {
			t.Fatalf("%q: %+v", text, page)
		}
		u, err := url.Parse(page.Base)
		if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
			t.Fatalf("%q: base %q, %v", text, page.Base, err)
		}
		for _, id := range page.Others {
			if id < 1 {
				t.Fatalf("%q: %+v", text, page)
			}
		}
	})
}
