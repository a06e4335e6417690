package kojirpc

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/kojiwatch/kojiwatch/koji"
)

// CGReservation is a build reserved for a content generator.
type CGReservation struct {
	BuildID int64  `xmlrpc:"build_id"`
	Token   string `xmlrpc:"token"` // a secret: its owner can finish the build
}

// String returns the id of the build, without the token.
func (r CGReservation) String() string { return fmt.Sprintf("build %d", r.BuildID) }

// CGNewBuild is a build to reserve.
type CGNewBuild struct {
	NVR   koji.NVR
	Draft bool
	Task  int64 // id of the task that builds it; 0: none
}

// CGInitBuild reserves a build for a content generator, to which the session's user
// must have access. The hub creates the build in state BUILDING.
func (a API) CGInitBuild(ctx context.Context, cg string, b CGNewBuild) (CGReservation, error) {
	data := map[string]any{"name": b.NVR.Name, "version": b.NVR.Version, "release": b.NVR.Release}
	setKnown(data, "epoch", b.NVR.Epoch)
	setIf(data, "draft", b.Draft)
	setIf(data, "task_id", b.Task)
	return CallInto[CGReservation](ctx, a, "CGInitBuild", cg, data)
}

// CGRefundBuild cancels the reservation of a build and sets its state to
// [koji.BuildFailed], which is the default, or [koji.BuildCanceled].
func (a API) CGRefundBuild(ctx context.Context, cg string, r CGReservation, state koji.BuildState) error {
	if state == koji.BuildUnknown {
		state = koji.BuildFailed
	}
	return a.CallInto(ctx, nil, "CGRefundBuild", cg, r.BuildID, r.Token, state.Number())
}

// CGImport completes a build with the files in dir, which were uploaded with
// [API.Upload] and are described by the metadata. If the metadata are nil, the hub
// reads them from the file metadata.json in dir: it refuses requests beyond 4 MiB.
// The token is that of the reservation; "" if there is none.
func (a API) CGImport(ctx context.Context, m *CGMetadata, dir, token string) (koji.Build, error) {
	args := []any{nil, dir}
	if m != nil {
		text, err := json.Marshal(m)
		if err != nil {
			return koji.Build{}, fmt.Errorf("hub CGImport: metadata: %w", err)
		}
		args[0] = string(text)
	}
	if token != "" {
		args = append(args, token)
	}
	return CallInto[koji.Build](ctx, a, "CGImport", args...)
}

// CGMetadata describes the output of a content generator, in version 0 of Koji's
// format. Its JSON is the content of metadata.json.
//
// Source: docs/source/content_generator_metadata.rst of Koji.
type CGMetadata struct {
	Version    int           `json:"metadata_version"` // 0
	Build      CGBuild       `json:"build"`
	Buildroots []CGBuildroot `json:"buildroots"`
	Output     []CGOutput    `json:"output"`
}

// MarshalJSON implements [json.Marshaler]. It writes empty lists and maps where the
// hub does not accept null.
func (m CGMetadata) MarshalJSON() ([]byte, error) {
	if m.Build.Extra == nil {
		m.Build.Extra = map[string]any{}
	}
	m.Buildroots = append([]CGBuildroot{}, m.Buildroots...)
	for i := range m.Buildroots {
		r := &m.Buildroots[i]
		r.Tools = append([]CGTool{}, r.Tools...)
		r.Components = append([]map[string]any{}, r.Components...)
	}
	m.Output = append([]CGOutput{}, m.Output...)
	type plain CGMetadata
	return json.Marshal(plain(m))
}

// CGTime is a time whose JSON is the number of seconds since 1970.
type CGTime struct{ time.Time }

// MarshalJSON implements [json.Marshaler].
func (t CGTime) MarshalJSON() ([]byte, error) {
	return strconv.AppendFloat(nil, float64(t.UnixMicro())/1e6, 'f', -1, 64), nil
}

// UnmarshalJSON implements [json.Unmarshaler].
func (t *CGTime) UnmarshalJSON(text []byte) error {
	seconds, err := strconv.ParseFloat(string(text), 64)
	t.Time = time.UnixMicro(int64(seconds * 1e6)).UTC()
	return err
}

// CGBuild describes the build.
type CGBuild struct {
	ID      int64          `json:"build_id,omitzero"` // id of the reserved build
	Name    string         `json:"name"`
	Version string         `json:"version"`
	Release string         `json:"release"`
	Epoch   *int64         `json:"epoch,omitzero"`
	Draft   bool           `json:"draft,omitzero"`
	Source  string         `json:"source"`
	Start   CGTime         `json:"start_time"`
	End     CGTime         `json:"end_time"`
	Owner   string         `json:"owner,omitzero"`
	Task    int64          `json:"task_id,omitzero"`
	Extra   map[string]any `json:"extra"` // with "typeinfo", which has a member for each type of build
}

// CGBuildroot describes an environment in which output was built.
type CGBuildroot struct {
	ID         int64            `json:"id"` // referred to by CGOutput.Buildroot
	Host       CGHost           `json:"host"`
	CG         CGTool           `json:"content_generator"`
	Container  CGContainer      `json:"container"`
	Tools      []CGTool         `json:"tools"`
	Components []map[string]any `json:"components"` // as in Koji's format
	Extra      map[string]any   `json:"extra,omitzero"`
}

// CGHost is a machine.
type CGHost struct {
	OS   string `json:"os"`
	Arch string `json:"arch"`
}

// CGContainer describes how a build was isolated from its host.
type CGContainer struct {
	Type string `json:"type"` // none, directory, chroot, mock-chroot, kvm, docker, …
	Arch string `json:"arch"`
}

// CGTool is a program.
type CGTool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// CGOutput is a file of the build.
type CGOutput struct {
	Buildroot    int64            `json:"buildroot_id"`
	Name         string           `json:"filename"`
	RelPath      string           `json:"relpath,omitzero"` // its folder, relative to that of the upload
	Subdir       string           `json:"subdir,omitzero"`  // its folder within the build
	Size         int64            `json:"filesize"`
	Arch         string           `json:"arch"`
	Checksum     string           `json:"checksum"`
	ChecksumType string           `json:"checksum_type"` // md5 or sha256
	Type         string           `json:"type"`          // rpm, log, or a type of archive
	Components   []map[string]any `json:"components,omitzero"`
	Extra        map[string]any   `json:"extra,omitzero"`
	MetadataOnly bool             `json:"metadata_only,omitzero"`
}
