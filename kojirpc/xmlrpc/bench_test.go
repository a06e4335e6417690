package xmlrpc_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"os/exec"
	"testing"

	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
	kolo "github.com/kolo/xmlrpc"
)

// build has the members of a build that a client needs.
type build struct {
	ID             int64    `xmlrpc:"build_id"`
	NVR            string   `xmlrpc:"nvr"`
	Name           string   `xmlrpc:"name"`
	Version        string   `xmlrpc:"version"`
	Release        string   `xmlrpc:"release"`
	Epoch          *int64   `xmlrpc:"epoch"`
	State          int      `xmlrpc:"state"`
	TaskID         *int64   `xmlrpc:"task_id"`
	PackageID      int64    `xmlrpc:"package_id"`
	OwnerID        int64    `xmlrpc:"owner_id"`
	OwnerName      string   `xmlrpc:"owner_name"`
	CreationTime   string   `xmlrpc:"creation_time"`
	CreationTS     *float64 `xmlrpc:"creation_ts"`
	StartTime      string   `xmlrpc:"start_time"`
	StartTS        *float64 `xmlrpc:"start_ts"`
	CompletionTime string   `xmlrpc:"completion_time"`
	CompletionTS   *float64 `xmlrpc:"completion_ts"`
	VolumeID       int64    `xmlrpc:"volume_id"`
	VolumeName     string   `xmlrpc:"volume_name"`
	Source         string   `xmlrpc:"source"`
	Draft          bool     `xmlrpc:"draft"`
	Extra          any      `xmlrpc:"extra"`
}

// rawBuild is a build whose extra is not decoded.
type rawBuild struct {
	build
	Extra xmlrpc.Raw `xmlrpc:"extra"`
}

// pulledBuild is a build that decodes itself.
type pulledBuild build

func (b *pulledBuild) UnmarshalXMLRPC(d *xmlrpc.Decoder) error {
	return d.Struct(func(name string) (err error) {
		switch name {
		case "build_id":
			b.ID, err = d.Int()
		case "nvr":
			b.NVR, err = d.Text()
		case "name":
			b.Name, err = d.Text()
		case "version":
			b.Version, err = d.Text()
		case "release":
			b.Release, err = d.Text()
		case "epoch":
			b.Epoch, err = optional(d, d.Int)
		case "state":
			var n int64
			n, err = d.Int()
			b.State = int(n)
		case "task_id":
			b.TaskID, err = optional(d, d.Int)
		case "package_id":
			b.PackageID, err = d.Int()
		case "owner_id":
			b.OwnerID, err = d.Int()
		case "owner_name":
			b.OwnerName, err = d.Text()
		case "creation_time":
			b.CreationTime, err = d.Text()
		case "creation_ts":
			b.CreationTS, err = optional(d, d.Float)
		case "start_time":
			b.StartTime, err = d.Text()
		case "start_ts":
			b.StartTS, err = optional(d, d.Float)
		case "completion_time":
			b.CompletionTime, err = d.Text()
		case "completion_ts":
			b.CompletionTS, err = optional(d, d.Float)
		case "volume_id":
			b.VolumeID, err = d.Int()
		case "volume_name":
			b.VolumeName, err = d.Text()
		case "source":
			b.Source, err = d.Text()
		case "draft":
			b.Draft, err = d.Bool()
		case "extra":
			b.Extra, err = d.Any()
		}
		return err
	})
}

func optional[T any](d *xmlrpc.Decoder, read func() (T, error)) (*T, error) {
	if isNil, err := d.Nil(); isNil || err != nil {
		return nil, err
	}
	v, err := read()
	if err != nil {
		return nil, err
	}
	return &v, nil
}

// listBuilds returns the answer to a listBuilds call with n builds, made from recorded
// ones: every eighth is a container with a long extra.
func listBuilds(tb testing.TB, n int) []byte {
	tb.Helper()
	var recorded []map[string]any
	if err := xmlrpc.DecodeResponse(byName(tb, "listBuilds-order").response, xmlrpc.Limits{}, &recorded); err != nil {
		tb.Fatal(err)
	}
	var container map[string]any
	if err := xmlrpc.DecodeResponse(byName(tb, "getBuild-container").response, xmlrpc.Limits{}, &container); err != nil {
		tb.Fatal(err)
	}
	builds := make([]any, n)
	for i := range builds {
		b := maps.Clone(recorded[i%len(recorded)])
		b["build_id"] = 2_000_000 + i
		b["task_id"] = 100_000_000 + 3*i
		b["release"] = fmt.Sprintf("%d.fc%d", i, 40+i%4)
		b["nvr"] = fmt.Sprintf("%s-%s-%s", b["name"], b["version"], b["release"])
		if i%8 == 0 {
			b["extra"] = container["extra"]
		}
		builds[i] = b
	}
	doc, err := xmlrpc.AppendResponse(nil, builds)
	if err != nil {
		tb.Fatal(err)
	}
	return doc
}

// BenchmarkListBuilds2000 decodes one listBuilds answer of 2,000 builds in all ways.
func BenchmarkListBuilds2000(b *testing.B) {
	doc := listBuilds(b, 2000)
	for _, way := range []struct {
		name   string
		decode func() (int, error)
	}{
		{"typed", func() (int, error) {
			var builds []build
			err := xmlrpc.DecodeResponse(doc, xmlrpc.Limits{}, &builds)
			return len(builds), err
		}},
		{"typed-raw-extra", func() (int, error) {
			var builds []rawBuild
			err := xmlrpc.DecodeResponse(doc, xmlrpc.Limits{}, &builds)
			return len(builds), err
		}},
		{"unmarshaler", func() (int, error) {
			var builds []pulledBuild
			err := xmlrpc.DecodeResponse(doc, xmlrpc.Limits{}, &builds)
			return len(builds), err
		}},
		{"any", func() (int, error) {
			var builds []any
			err := xmlrpc.DecodeResponse(doc, xmlrpc.Limits{}, &builds)
			return len(builds), err
		}},
		{"kolo-typed", func() (int, error) {
			var builds []build
			err := kolo.Response(doc).Unmarshal(&builds)
			return len(builds), err
		}},
		{"kolo-any", func() (int, error) {
			var builds []any
			err := kolo.Response(doc).Unmarshal(&builds)
			return len(builds), err
		}},
		{"encoding-xml-any", func() (int, error) {
			builds, err := pullXML(doc)
			list, _ := builds.([]any)
			return len(list), err
		}},
	} {
		b.Run(way.name, func(b *testing.B) {
			b.SetBytes(int64(len(doc)))
			b.ReportAllocs()
			for b.Loop() {
				n, err := way.decode()
				if err != nil || n != 2000 {
					b.Fatal(n, err)
				}
			}
		})
	}
}

// TestListBuildsAgree checks that all ways of the benchmark have the same result.
func TestListBuildsAgree(t *testing.T) {
	doc := listBuilds(t, 40)
	want := decodeAny(t, doc)
	if got, err := pullXML(doc); err != nil || !same(got, want) {
		t.Errorf("encoding/xml: %v", err)
	}
	var typed []build
	var raw []rawBuild
	var pulled []pulledBuild
	if err := errors.Join(
		xmlrpc.DecodeResponse(doc, xmlrpc.Limits{}, &typed),
		xmlrpc.DecodeResponse(doc, xmlrpc.Limits{}, &raw),
		xmlrpc.DecodeResponse(doc, xmlrpc.Limits{}, &pulled),
	); err != nil {
		t.Fatal(err)
	}
	for i, b := range typed {
		m := want.([]any)[i].(map[string]any)
		if b.NVR != m["nvr"] || b.ID != m["build_id"] || *b.CreationTS != m["creation_ts"] || !same(b.Extra, m["extra"]) {
			t.Errorf("%+v is not %v", b, m)
		}
		again, err := xmlrpc.AppendValue(nil, b)
		if err != nil {
			t.Fatal(err)
		}
		other, err := xmlrpc.AppendValue(nil, build(pulled[i]))
		if err != nil || !bytes.Equal(again, other) {
			t.Errorf("got %s, %v, want %s", other, err, again)
		}
		var extra any
		if err := raw[i].Extra.Decode(xmlrpc.Limits{}, &extra); err != nil || !same(extra, m["extra"]) || raw[i].NVR != b.NVR {
			t.Errorf("raw extra: %v, %v", extra, err)
		}
	}
	if _, err := pullXML(doc[:1000]); !errors.Is(err, io.EOF) {
		t.Errorf("cut short: %v", err)
	}
}

// pythonLoads times Python's xmlrpc.client, in seconds each.
const pythonLoads = `
import sys, time, xmlrpc.client
text = sys.stdin.buffer.read()
n = int(sys.argv[1])
began = time.perf_counter()
for _ in range(n):
    (builds,), _ = xmlrpc.client.loads(text, use_builtin_types=True)
print(len(builds), (time.perf_counter() - began) / n)
`

// BenchmarkListBuilds2000Python decodes the same document with Python's xmlrpc.client,
// which Koji's own client uses. It needs python3 in the PATH.
func BenchmarkListBuilds2000Python(b *testing.B) {
	doc := listBuilds(b, 2000)
	for b.Loop() {
		cmd := exec.CommandContext(b.Context(), "python3", "-c", pythonLoads, "3")
		cmd.Stdin = bytes.NewReader(doc)
		out, err := cmd.Output()
		if err != nil {
			b.Fatalf("python3: %v", err)
		}
		var builds int
		var seconds float64
		if _, err := fmt.Sscan(string(out), &builds, &seconds); err != nil || builds != 2000 {
			b.Fatalf("python3 says %q (%v)", out, err)
		}
		b.ReportMetric(seconds*1000, "ms/loads")
	}
}
