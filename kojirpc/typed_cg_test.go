package kojirpc_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
)

func newCGLab(t *testing.T) *lab {
	t.Helper()
	data := people()
	data.CGs = []string{"osbs", "other"}
	data.CGUsers = map[string][]string{"osbs": {"alice"}}
	return newLab(t, hubtest.Options{Data: data})
}

func toolNVR() koji.NVR { return koji.NVR{Name: "toolbox", Version: "44", Release: "1"} }

// metadataOf describes a build with one file.
func metadataOf(content []byte) *kojirpc.CGMetadata {
	sum := sha256.Sum256(content)
	return &kojirpc.CGMetadata{
		Build: kojirpc.CGBuild{
			Name: "toolbox", Version: "44", Release: "1", Source: "git+https://src.example.com/toolbox#" + strings.Repeat("a", 40),
			Start: kojirpc.CGTime{Time: time.Date(2026, 3, 1, 12, 0, 0, 500e6, time.UTC)}, End: kojirpc.CGTime{Time: time.Date(2026, 3, 1, 12, 7, 0, 0, time.UTC)},
			Extra: map[string]any{"typeinfo": map[string]any{"image": map[string]any{}}},
		},
		Buildroots: []kojirpc.CGBuildroot{{
			ID: 1, Host: kojirpc.CGHost{OS: "fedora-44", Arch: "x86_64"}, CG: kojirpc.CGTool{Name: "osbs", Version: "2"},
			Container: kojirpc.CGContainer{Type: "none", Arch: "x86_64"},
		}},
		Output: []kojirpc.CGOutput{{
			Buildroot: 1, Name: "image.tar", Size: int64(len(content)), Arch: "x86_64",
			Checksum: hex.EncodeToString(sum[:]), ChecksumType: "sha256", Type: "docker-image",
		}},
	}
}

// TestCGMetadata checks that the JSON has all members that the hub requires, and times in
// seconds.
func TestCGMetadata(t *testing.T) {
	text, err := json.Marshal(&kojirpc.CGMetadata{
		Build:      kojirpc.CGBuild{Start: kojirpc.CGTime{Time: time.Unix(1423148398, 5e8)}, End: kojirpc.CGTime{Time: time.Unix(1423148828, 0)}},
		Buildroots: []kojirpc.CGBuildroot{{ID: 1}},
	})
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"metadata_version":0,` +
		`"build":{"name":"","version":"","release":"","source":"","start_time":1423148398.5,"end_time":1423148828,"extra":{}},` +
		`"buildroots":[{"id":1,"host":{"os":"","arch":""},"content_generator":{"name":"","version":""},` +
		`"container":{"type":"","arch":""},"tools":[],"components":[]}],"output":[]}`
	if string(text) != want {
		t.Errorf("got  %s\nwant %s", text, want)
	}
	var back kojirpc.CGMetadata
	if err := json.Unmarshal(text, &back); err != nil || !back.Build.Start.Equal(time.Unix(1423148398, 5e8)) {
		t.Errorf("read back: %+v, %v", back, err)
	}
}

func TestCGBuild(t *testing.T) {
	l := newCGLab(t)
	ctx, s := t.Context(), l.session
	r, err := s.CGInitBuild(ctx, "osbs", kojirpc.CGNewBuild{NVR: toolNVR(), Task: 7})
	if err != nil {
		t.Fatal(err)
	}
	if b, err := s.GetBuild(ctx, kojirpc.ID(r.BuildID)); err != nil || b.State != koji.BuildBuilding || b.NVR != "toolbox-44-1" || b.TaskID != 7 || b.CG != "osbs" {
		t.Errorf("reserved: %+v, %v", b, err)
	}
	if text := fmt.Sprintf("%v %+v", r, r); strings.Contains(text, r.Token) {
		t.Errorf("the token is in %q", text)
	}
	content := bytesOf(2500)
	if err := s.Upload(ctx, uploadOf(content)); err != nil {
		t.Fatal(err)
	}
	m := metadataOf(content)
	m.Build.ID, m.Build.Task = r.BuildID, 7
	for name, refused := range map[string]struct{ token, want string }{
		"other token": {"other", fmt.Sprintf("Token doesn't match build ID %d", r.BuildID)},
		"no token":    {"", fmt.Sprintf("Token doesn't match build ID %d", r.BuildID)},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := s.CGImport(ctx, m, uploadDir, refused.token)
			mustFail(t, err, "hub CGImport: GenericError: "+refused.want)
		})
	}
	b, err := s.CGImport(ctx, m, uploadDir, r.Token)
	if err != nil {
		t.Fatal(err)
	}
	if b.ID != r.BuildID || b.State != koji.BuildComplete || b.Owner.Name != "alice" || !b.Started.Equal(m.Build.Start.Time) {
		t.Errorf("imported: %+v", b)
	}
	err = s.CGRefundBuild(ctx, "osbs", r, koji.BuildUnknown)
	if text := mustFail(t, err, "is not in BUILDING state"); strings.Contains(text, r.Token) {
		t.Errorf("the token is in %q", text)
	}
}

// TestCGImportWithoutReservation imports a build whose metadata are an uploaded file.
func TestCGImportWithoutReservation(t *testing.T) {
	l := newCGLab(t)
	ctx, s := t.Context(), l.session
	content := bytesOf(10)
	_, err := s.CGImport(ctx, nil, uploadDir, "")
	mustFail(t, err, "No such file: metadata.json")
	text, err := json.Marshal(metadataOf(content))
	if err != nil {
		t.Fatal(err)
	}
	u := uploadOf(text)
	u.Name = "metadata.json"
	if err := errors.Join(s.Upload(ctx, u), s.Upload(ctx, uploadOf(content))); err != nil {
		t.Fatal(err)
	}
	b, err := s.CGImport(ctx, nil, uploadDir, "")
	if err != nil || b.State != koji.BuildComplete || !b.Ended.Equal(time.Date(2026, 3, 1, 12, 7, 0, 0, time.UTC)) {
		t.Errorf("imported: %+v, %v", b, err)
	}
	_, err = s.CGImport(ctx, metadataOf(content), uploadDir, "")
	mustFail(t, err, "Build already exists")
}

func TestCGRefund(t *testing.T) {
	l := newCGLab(t)
	ctx, s := t.Context(), l.session
	var ids []int64
	for _, state := range []koji.BuildState{koji.BuildUnknown, koji.BuildCanceled} {
		r, err := s.CGInitBuild(ctx, "osbs", kojirpc.CGNewBuild{NVR: toolNVR()})
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.CGInitBuild(ctx, "osbs", kojirpc.CGNewBuild{NVR: toolNVR()})
		mustFail(t, err, "Build is already reserved")
		if err := s.CGRefundBuild(ctx, "osbs", r, state); err != nil {
			t.Fatal(err)
		}
		want := state
		if want == koji.BuildUnknown {
			want = koji.BuildFailed
		}
		if b, err := s.GetBuild(ctx, kojirpc.ID(r.BuildID)); err != nil || b.State != want {
			t.Errorf("given up: %+v, %v", b, err)
		}
		ids = append(ids, r.BuildID)
	}
	if ids[0] != ids[1] {
		t.Errorf("what was given up is not taken again: builds %v", ids)
	}
	r, err := s.CGInitBuild(ctx, "osbs", kojirpc.CGNewBuild{NVR: koji.NVR{Name: "a", Version: "1", Release: "1"}, Draft: true})
	if err != nil {
		t.Fatal(err)
	}
	if b, err := s.GetBuild(ctx, kojirpc.ID(r.BuildID)); err != nil || b.Release != fmt.Sprintf("1,draft_%d", r.BuildID) {
		t.Errorf("draft: %+v, %v", b, err)
	}
	mustFail(t, s.CGRefundBuild(ctx, "osbs", r, koji.BuildComplete), "Only FAILED/CANCELED build states are allowed")
}

func TestCGRefuses(t *testing.T) {
	l := newCGLab(t)
	ctx, s := t.Context(), l.session
	for cg, want := range map[string]string{
		"none":  "GenericError: No such entry in table content_generator: none",
		"other": "AuthError: Content generator access required (other)",
	} {
		_, err := s.CGInitBuild(ctx, cg, kojirpc.CGNewBuild{NVR: toolNVR()})
		mustFail(t, err, "hub CGInitBuild: "+want)
	}
	content := bytesOf(100)
	if err := s.Upload(ctx, uploadOf(content)); err != nil {
		t.Fatal(err)
	}
	for want, change := range map[string]func(*kojirpc.CGMetadata){
		"No such metadata version: 1":                    func(m *kojirpc.CGMetadata) { m.Version = 1 },
		"doesn't match. Corrupted upload?":               func(m *kojirpc.CGMetadata) { m.Output[0].Size++ },
		"File checksum mismatch for image.tar: 00":       func(m *kojirpc.CGMetadata) { m.Output[0].Checksum = "00" },
		"Unsupported verify type: crc":                   func(m *kojirpc.CGMetadata) { m.Output[0].ChecksumType = "crc" },
		"[Errno 2] No such file or directory":            func(m *kojirpc.CGMetadata) { m.Output[0].Name = "other.tar" },
		"Buildroot id not used in output: 2":             func(m *kojirpc.CGMetadata) { m.Buildroots[0].ID = 2 },
		"Content generator access required (other)":      func(m *kojirpc.CGMetadata) { m.Buildroots[0].CG.Name = "other" },
		`The "-" character not allowed in version field`: func(m *kojirpc.CGMetadata) { m.Build.Version = "1-2" },
		"No such user: 'nobody'":                         func(m *kojirpc.CGMetadata) { m.Build.Owner = "nobody" },
		"No such build: 12345":                           func(m *kojirpc.CGMetadata) { m.Build.ID = 12345 },
	} {
		t.Run(want, func(t *testing.T) {
			m := metadataOf(content)
			change(m)
			_, err := s.CGImport(ctx, m, uploadDir, "")
			mustFail(t, err, want)
		})
	}
	_, err := s.CGImport(ctx, metadataOf(content), uploadDir, "token")
	mustFail(t, err, "Reservation token given, but no build_id in metadata")
}
