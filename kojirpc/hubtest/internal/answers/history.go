package answers

import (
	"time"

	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/dataset"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/internal/python"
)

// version is a row of a history, with the fields needed by conditions.
type version struct {
	dataset.Versioned
	tag, pkg string
	build    int64 // 0: the table has none
	columns  row
}

// queryHistory returns the history of some tables.
//
// Source: query_history in kojihub/kojihub.py.
func queryHistory(c *Reader, a *python.Arguments) (any, error) {
	tables, ok := a.Get("tables").([]any)
	if !ok {
		return nil, notModelled("queryHistory of all tables")
	}
	keep, err := c.historyFilter(a.Named)
	if err != nil {
		return nil, err
	}
	out := map[string]any{}
	for _, name := range tables {
		versions, err := c.DB.history(python.Str(name))
		if err != nil {
			return nil, err
		}
		var rows []row
		for i := range versions {
			if keep.passes(&versions[i]) {
				rows = append(rows, c.DB.versionRow(&versions[i]))
			}
		}
		if out[python.Str(name)], err = answer(newQuery(a.Named["queryOpts"]), rows); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// history returns the rows of a table.
func (s *Snapshot) history(table string) ([]version, error) {
	var all []version
	switch table {
	case "tag_listing":
		for _, l := range s.Data.TagListings {
			b := s.builds.ByID[l.Build]
			all = append(all, version{l.Versioned, l.Tag, b.Package, l.Build, row{
				{"build_id", l.Build}, {"name", b.Package}, {"version", b.Version}, {"release", b.Release},
				{"epoch", python.Deref(b.Epoch)}, {"build.state", b.StateNumber()},
			}})
		}
	case "tag_packages":
		for _, p := range s.Data.TagPackages {
			all = append(all, version{p.Versioned, p.Tag, p.Package, 0, append(s.packageColumns(p.Package), row{
				{"blocked", p.Blocked}, {"extra_arches", python.OrNil(p.ExtraArches)},
			}...)})
		}
	case "tag_package_owners":
		for _, o := range s.Data.TagPackageOwners {
			all = append(all, version{o.Versioned, o.Tag, o.Package, 0, append(s.packageColumns(o.Package), row{
				{"owner", s.Users.ByName[o.Owner].ID}, {"owner.name", o.Owner},
			}...)})
		}
	case "user_perms", "user_groups", "cg_users", "tag_inheritance", "tag_config", "tag_extra",
		"build_target_config", "external_repo_config", "external_repo_data", "host_config", "host_channels",
		"tag_external_repos", "group_config", "group_req_listing", "group_package_listing":
		return nil, notModelled("queryHistory of " + table)
	default:
		return nil, python.GenericError("No such history table: %s", table)
	}
	return all, nil
}

func (s *Snapshot) packageColumns(name string) row {
	return row{{"package_id", s.packages.ByName[name].ID}, {"package.name", name}}
}

// versionRow returns a row of a history as in a hub's answer.
func (s *Snapshot) versionRow(v *version) row {
	var active, revoked, revoker, revokerName any
	if v.RevokeEvent == 0 {
		active = true
	} else {
		revoked, revoker, revokerName = v.RevokeEvent, s.Users.ByName[v.Revoker].ID, v.Revoker
	}
	return append(row{
		{"active", active}, {"create_event", v.CreateEvent}, {"revoke_event", revoked},
		{"creator_id", s.Users.ByName[v.Creator].ID}, {"revoker_id", revoker},
		{"creator_name", v.Creator}, {"revoker_name", revokerName},
		{"create_ts", Stamp(s.eventTime(v.CreateEvent))}, {"revoke_ts", Stamp(s.eventTime(v.RevokeEvent))},
		{"tag_id", s.Tags.ByName[v.tag].ID}, {"tag.name", v.tag},
	}, v.columns...)
}

// eventTime returns the time of an event; the zero time if there is none.
func (s *Snapshot) eventTime(id int64) time.Time {
	if e := s.events.ByID[id]; e != nil {
		return e.Time
	}
	return time.Time{}
}

// historyFilter returns the conditions of queryHistory. A condition on time holds if the
// creation or the revocation of a row meets it.
func (c *Reader) historyFilter(options map[string]any) (filter[*version], error) {
	var f filter[*version]
	for name, value := range options {
		var err error
		switch name {
		case "queryOpts":
		case "active":
			if value != nil {
				f.add(func(v *version) bool { return (v.RevokeEvent == 0) == python.Truth(value) })
			}
		case "after", "before":
			err = c.byMoment(&f, name == "after", value)
		case "afterEvent":
			id, _ := value.(int64)
			f.add(func(v *version) bool { return v.CreateEvent > id || v.RevokeEvent > id })
		case "beforeEvent":
			id, _ := value.(int64)
			f.add(func(v *version) bool { return v.CreateEvent < id || v.RevokeEvent != 0 && v.RevokeEvent < id })
		default:
			err = notModelled("queryHistory by " + name)
		}
		if err != nil {
			return nil, err
		}
	}
	return f, nil
}

func (c *Reader) byMoment(f *filter[*version], isAfter bool, value any) error {
	limit, err := moment(value)
	f.add(func(v *version) bool {
		for _, id := range []int64{v.CreateEvent, v.RevokeEvent} {
			at := c.DB.eventTime(id)
			if !at.IsZero() && (isAfter && at.After(limit) || !isAfter && at.Before(limit)) {
				return true
			}
		}
		return false
	})
	return err
}
