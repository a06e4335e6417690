package profile

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// The golden files of these tests contain Python's results for the same input. They were
// written by testdata/generate.py.

// pythonValue is an option after interpolation, or the exception it raised.
type pythonValue struct{ Value, Error string }

// pythonParse is configparser's result for a file.
type pythonParse struct {
	Sections map[string]map[string]pythonValue
	Error    string
	Line     int
}

func readGolden[T any](t *testing.T, name string) T {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	var out T
	if err := json.Unmarshal(data, &out); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return out
}

// parseAsPython returns this package's result in the form of the golden files. All errors
// of interpolation count as one.
func parseAsPython(text []byte) (map[string]map[string]pythonValue, error) {
	doc, err := parseINI("x.conf", text)
	if err != nil {
		return nil, err
	}
	s := &Set{doc: doc}
	sections := map[string]map[string]pythonValue{}
	for _, name := range s.Names() {
		v, _ := s.view(name)
		sections[name] = map[string]pythonValue{}
		for _, key := range v.keys() {
			value, err := v.expand(key)
			if err != nil {
				sections[name][key] = pythonValue{Error: "error"}
				continue
			}
			sections[name][key] = pythonValue{Value: value}
		}
	}
	return sections, nil
}

func compareWithPython(t *testing.T, text []byte, want pythonParse) {
	t.Helper()
	got, err := parseAsPython(text)
	if want.Error != "" {
		compareFailure(t, err, want)
		return
	}
	if err != nil {
		t.Fatalf("Python reads this, but: %v", err)
	}
	for _, options := range want.Sections {
		for key, v := range options {
			if v.Error != "" {
				options[key] = pythonValue{Error: "error"}
			}
		}
	}
	if !reflect.DeepEqual(got, want.Sections) {
		t.Errorf("got  %+v\nwant %+v", got, want.Sections)
	}
}

// compareFailure allows for Python naming a later line: it continues after a bad line to
// look for worse errors.
func compareFailure(t *testing.T, err error, want pythonParse) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("Python fails with %s on line %d, but there was %v", want.Error, want.Line, err)
	}
	late := want.Error == "DuplicateOptionError" || want.Error == "DuplicateSectionError"
	if e.At.Line != want.Line && (!late || e.At.Line > want.Line) {
		t.Errorf("the error is on line %d, Python has %s on line %d: %v", e.At.Line, want.Error, want.Line, err)
	}
}

func TestSyntaxAsPython(t *testing.T) {
	golden := readGolden[map[string]pythonParse](t, "syntax.json")
	files, err := os.ReadDir("testdata/syntax")
	if err != nil || len(files) != len(golden) {
		t.Fatalf("%d files and %d golden results, error %v; run testdata/generate.py", len(files), len(golden), err)
	}
	for _, file := range files {
		t.Run(file.Name(), func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join("testdata/syntax", file.Name()))
			if err != nil {
				t.Fatal(err)
			}
			compareWithPython(t, text, golden[file.Name()])
		})
	}
}

func TestRandomTextsAsPython(t *testing.T) {
	type random struct {
		Text   string
		Result pythonParse
	}
	cases := readGolden[[]random](t, "random.json")
	if len(cases) < 1000 {
		t.Fatalf("only %d cases", len(cases))
	}
	for i, c := range cases {
		compareWithPython(t, []byte(c.Text), c.Result)
		if t.Failed() {
			t.Fatalf("case %d: %q", i, c.Text)
		}
	}
}

// treeCase is the result of koji.read_config for the files of a tree.
type treeCase struct {
	Tree, Name, Config string
	Result             struct {
		Profile map[string]any
		Error   string
	}
}

func TestProfilesAsKoji(t *testing.T) {
	cases := readGolden[[]treeCase](t, "trees.json")
	t.Chdir("testdata")
	for _, c := range cases {
		t.Run(strings.Join([]string{c.Tree, c.Name, filepath.Base(c.Config)}, " "), func(t *testing.T) {
			root := "trees/" + c.Tree
			s, err := Load(Options{Root: root, Home: root + "/home", Config: c.Config, LookupEnv: noEnv})
			var p Profile
			if err == nil {
				p, err = s.Profile(c.Name)
			}
			if c.Result.Error != "" {
				if err == nil {
					t.Fatalf("Koji fails with %s, but there was %+v", c.Result.Error, p)
				}
				return
			}
			if err != nil {
				t.Fatalf("Koji reads this, but: %v", err)
			}
			compareWithKoji(t, p, c.Result.Profile)
		})
	}
}

// compareWithKoji compares all keys. Koji's None is a zero value here.
func compareWithKoji(t *testing.T, p Profile, want map[string]any) {
	t.Helper()
	got := asKoji(p)
	if len(got) != len(want) {
		t.Errorf("%d keys, Koji has %d", len(got), len(want))
	}
	for key, value := range want {
		if _, ok := got[key]; !ok {
			t.Errorf("Koji has a key %s", key)
			continue
		}
		if key == "no_ssl_verify" {
			value = value != false && value != ""
		}
		if value == nil {
			value = reflect.Zero(reflect.TypeOf(got[key])).Interface() // None
		}
		if got[key] != value {
			t.Errorf("%s = %#v, Koji has %#v", key, got[key], value)
		}
	}
}

func asKoji(p Profile) map[string]any {
	return map[string]any{
		"profile": p.Name, "server": p.Server, "weburl": p.WebURL, "topurl": p.TopURL, "pkgurl": p.PkgURL,
		"topdir": p.TopDir, "max_retries": float64(p.MaxRetries), "retry_interval": inSeconds(p.RetryInterval),
		"anon_retry": p.AnonRetry, "offline_retry": p.OfflineRetry,
		"offline_retry_interval": inSeconds(p.OfflineRetryInterval), "timeout": inSeconds(p.Timeout),
		"auth_timeout": inSeconds(p.AuthTimeout), "poll_interval": inSeconds(p.PollInterval),
		"principal": p.Principal, "keytab": p.Keytab, "cert": p.Cert, "serverca": p.ServerCA,
		"no_ssl_verify": p.NoSSLVerify, "authtype": p.AuthType, "force_auth": p.ForceAuth,
		"use_fast_upload": p.UseFastUpload, "upload_blocksize": float64(p.UploadBlocksize),
		"debug": p.Debug, "debug_xmlrpc": p.DebugXMLRPC, "pyver": float64(p.PyVer), "plugin_paths": p.PluginPaths,
	}
}

func inSeconds(d time.Duration) float64 { return d.Seconds() }

// TestMistakesAsKoji checks that Koji rejects the same files as this package, except for
// those which the package's documentation lists.
func TestMistakesAsKoji(t *testing.T) {
	golden := readGolden[map[string]string](t, "mistakes.json")
	var own []string
	for name, exception := range golden {
		if exception == "" {
			own = append(own, name)
		}
	}
	slices.Sort(own)
	want := []string{"number-too-large.conf", "seconds-negative.conf", "seconds-too-many.conf", "server-empty.conf"}
	if !slices.Equal(own, want) {
		t.Errorf("Koji reads %v, expected %v", own, want)
	}
	if files := mistakeFiles(t); len(files) != len(golden) {
		t.Errorf("%d files, %d golden results; run testdata/generate.py", len(files), len(golden))
	}
}
