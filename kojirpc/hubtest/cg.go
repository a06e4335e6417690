package hubtest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/dataset"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/internal/answers"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/internal/cgimport"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/internal/python"
)

// assertCG checks that the caller may build with a content generator, and returns the
// generator's name.
func (c *call) assertCG(info any) (string, error) {
	name := python.Str(info)
	if !slices.Contains(c.db.Data.CGs, name) {
		return "", python.GenericError("No such entry in table content_generator: %s", name)
	}
	switch {
	case !c.loggedIn:
		return "", python.AuthError("Not logged-in")
	case !slices.Contains(c.db.Data.CGUsers[name], c.user.Name):
		return "", python.AuthError("Content generator access required (%s)", name)
	}
	return name, nil
}

// cgInitBuild reserves a build.
func cgInitBuild(c *call, a *python.Arguments) (any, error) {
	cg, err := c.assertCG(a.Get("cg"))
	if err != nil {
		return nil, err
	}
	data, ok := a.Get("data").(map[string]any)
	if !ok {
		return nil, python.BuiltinError("TypeError", "'%s' object does not support item assignment", python.TypeName(a.Get("data")))
	}
	b, err := c.newBuild(data, cg)
	if err != nil {
		return nil, err
	}
	b.State, b.Started = koji.BuildBuilding.String(), c.now
	b.Token = c.hub.sessions.token()
	if err := c.store(&b); err != nil {
		return nil, err
	}
	return map[string]any{"build_id": b.ID, "token": b.Token}, nil
}

// newBuild makes a build from the caller's data. It has the id of the build that it
// replaces, if any.
//
// Source: new_build and recycle_build in kojihub/kojihub.py.
func (c *call) newBuild(data map[string]any, cg string) (dataset.Build, error) {
	b := dataset.Build{CG: cg, Owner: c.user.Name, Created: c.now, Draft: python.Truth(data["draft"])}
	for _, part := range []struct {
		name string
		into *string
	}{{"name", &b.Package}, {"version", &b.Version}, {"release", &b.Release}} {
		text, ok := data[part.name].(string)
		if !ok || text == "" {
			return b, python.KeyError(part.name)
		}
		*part.into = text
	}
	for _, part := range []struct{ name, text string }{{"version", b.Version}, {"release", b.Release}} {
		if strings.Contains(part.text, "-") {
			return b, python.GenericError(`The "-" character not allowed in %s field`, part.name)
		}
	}
	if n, ok := python.Number(data["epoch"]); ok {
		b.Epoch = &n
	}
	b.Task, _ = python.Number(data["task_id"])
	old, _ := c.db.Build(b.NVR())
	switch {
	case old == nil:
	case b.Draft:
		return b, python.GenericError("Target build already exists: %s (id=%d)", old.NVR(), old.ID)
	case old.State == koji.BuildBuilding.String() && old.Token != "":
		return b, python.GenericError("Build is already reserved")
	case old.State == koji.BuildBuilding.String():
		return b, python.GenericError("Build already in progress (task %d)", old.Task)
	case old.State != koji.BuildFailed.String() && old.State != koji.BuildCanceled.String():
		return b, python.GenericError("Build already exists (id=%d, state=%s): %s", old.ID, old.State, python.Repr(data))
	default:
		b.ID = old.ID
	}
	return b, nil
}

// token returns a random token for a reservation.
func (ss *sessions) token() string {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	return fmt.Sprintf("%016x%016x%016x%016x", ss.rng.Uint64(), ss.rng.Uint64(), ss.rng.Uint64(), ss.rng.Uint64())
}

// store replaces the build with the same id, or adds a new build.
func (c *call) store(b *dataset.Build) error {
	err := c.hub.update(func(d *dataset.Data, s *answers.Snapshot) {
		for i := range d.Builds {
			if b.ID != 0 && d.Builds[i].ID == b.ID {
				d.Builds[i] = *b
				return
			}
		}
		b.ID = s.NextBuild()
		if b.Draft {
			b.Release = fmt.Sprintf("%s,draft_%d", b.Release, b.ID)
		}
		d.Builds = append(d.Builds, *b)
	})
	if err == nil {
		c.changed()
	}
	return err
}

// reserved returns the reserved build of a token.
func (c *call) reserved(id int64, token any, cg string) (dataset.Build, error) {
	b, err := c.db.Build(id)
	switch {
	case err != nil:
		return dataset.Build{}, err
	case b == nil:
		return dataset.Build{}, python.GenericError("No such build: %d", id)
	case b.State != koji.BuildBuilding.String():
		return dataset.Build{}, python.GenericError("Build ID %d is not in BUILDING state", id)
	case b.Token == "" || b.Token != token:
		return dataset.Build{}, python.GenericError("Token doesn't match build ID %d", id)
	case b.CG != cg:
		return dataset.Build{}, python.GenericError("Build ID %d is not reserved by this CG", id)
	}
	return *b, nil
}

// cgRefundBuild cancels the reservation of a build.
func cgRefundBuild(c *call, a *python.Arguments) (any, error) {
	state := koji.BuildFailed
	switch n, _ := python.Number(a.Get("state")); n {
	case int64(koji.BuildFailed.Number()):
	case int64(koji.BuildCanceled.Number()):
		state = koji.BuildCanceled
	default:
		return nil, python.GenericError("Only FAILED/CANCELED build states are allowed")
	}
	cg, err := c.assertCG(a.Get("cg"))
	if err != nil {
		return nil, err
	}
	id, _ := python.Number(a.Get("build_id"))
	b, err := c.reserved(id, a.Get("token"), cg)
	if err != nil {
		return nil, err
	}
	b.State, b.Completed, b.Token = state.String(), c.now, ""
	return nil, c.store(&b)
}

// cgImport makes a complete build from metadata and uploaded files. It checks the size
// and checksum of the files, but not their content.
//
// Source: CG_Importer in kojihub/kojihub.py.
func cgImport(c *call, a *python.Arguments) (any, error) {
	dir := python.Str(a.Get("directory"))
	files := func(name string) ([]byte, bool) { return c.hub.Uploaded(dir, name) }
	m, err := cgimport.Read(a.Get("metadata"), files)
	if err != nil {
		return nil, err
	}
	cg, err := c.cgOf(m)
	if err != nil {
		return nil, err
	}
	b, err := c.imported(m, a.Get("token"), cg)
	if err != nil {
		return nil, err
	}
	if err := m.CheckOutput(dir, files); err != nil {
		return nil, err
	}
	if err := c.store(&b); err != nil {
		return nil, err
	}
	stored, err := c.db.Build(b.ID)
	if err != nil {
		return nil, err
	}
	return c.db.OneBuild(stored), nil
}

// cgOf returns the content generator that the metadata name.
func (c *call) cgOf(m *cgimport.Metadata) (cg string, err error) {
	for i := range m.Buildroots {
		name, err := c.assertCG(m.Buildroots[i].CG.Name)
		if err != nil {
			return "", err
		}
		if cg != "" && cg != name {
			return "", python.GenericError("Koji now support only one content-generator per import")
		}
		cg = name
	}
	if cg == "" {
		return "", python.GenericError("No such entry in table content_generator: None")
	}
	return cg, nil
}

// imported returns the complete build that the metadata describe.
func (c *call) imported(m *cgimport.Metadata, token any, cg string) (dataset.Build, error) {
	for _, name := range []string{"name", "version", "release", "extra", "source", "start_time", "end_time"} {
		if _, ok := m.Build[name]; !ok {
			return dataset.Build{}, python.KeyError(name)
		}
	}
	b, err := c.target(m, token, cg)
	if err != nil {
		return b, err
	}
	b.State, b.Token = koji.BuildComplete.String(), ""
	b.Source, _ = m.Build["source"].(string)
	b.Extra, _ = m.Build["extra"].(map[string]any)
	if owner, _ := m.Build["owner"].(string); owner != "" {
		if c.db.Users.ByName[owner] == nil {
			return b, python.GenericError("No such user: %s", python.Quote(owner))
		}
		b.Owner = owner
	}
	b.Started, b.Completed = cgimport.Time(m.Build["start_time"]), cgimport.Time(m.Build["end_time"])
	if token != nil {
		b.Completed = c.now
	}
	types, _ := b.Extra["typeinfo"].(map[string]any)
	for name := range types {
		b.Types = append(b.Types, name)
	}
	slices.Sort(b.Types)
	return b, nil
}

// target returns the reserved build, or a new one.
func (c *call) target(m *cgimport.Metadata, token any, cg string) (dataset.Build, error) {
	id, _ := python.Number(m.Build["build_id"])
	if id == 0 {
		if token != nil {
			return dataset.Build{}, python.GenericError("Reservation token given, but no build_id in metadata")
		}
		return c.newBuild(m.Build, cg)
	}
	b, err := c.reserved(id, token, cg)
	if err != nil {
		return b, err
	}
	release := python.Str(m.Build["release"])
	if b.Draft {
		release = fmt.Sprintf("%s,draft_%d", release, id)
	}
	if b.Package != m.Build["name"] || b.Version != m.Build["version"] || b.Release != release {
		return b, python.GenericError("Build (%d) NVR is different", id)
	}
	return b, nil
}
