package hubtest_test

import (
	"maps"
	"reflect"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
)

// historyData has a build that was tagged by event 10, untagged by event 20 and tagged
// again by event 30, ten seconds apart, and a package that event 20 blocked.
func historyData() hubtest.Data {
	at := func(s int) time.Time { return time.Date(2026, 11, 30, 12, 0, s, 500_000_000, time.UTC) }
	return hubtest.Data{
		Builds: []hubtest.Build{{ID: 7, Package: "bash", Version: "5", Release: "1", State: "COMPLETE"}},
		Events: []hubtest.Event{{ID: 10, Time: at(10)}, {ID: 20, Time: at(20)}, {ID: 30, Time: at(30)}},
		TagListings: []hubtest.TagListing{
			{Tag: "f44", Build: 7, Versioned: hubtest.Versioned{CreateEvent: 10, RevokeEvent: 20, Creator: "alice", Revoker: "bob"}},
			{Tag: "f44", Build: 7, Versioned: hubtest.Versioned{CreateEvent: 30, Creator: "alice"}},
		},
		TagPackages: []hubtest.TagPackage{
			{Tag: "f44", Package: "bash", Versioned: hubtest.Versioned{CreateEvent: 10, RevokeEvent: 20}},
			{Tag: "f44", Package: "bash", Blocked: true, Versioned: hubtest.Versioned{CreateEvent: 20}},
		},
		TagPackageOwners: []hubtest.TagPackageOwner{{Tag: "f44", Package: "bash", Owner: "alice", Versioned: hubtest.Versioned{CreateEvent: 10}}},
	}
}

// TestQueryHistory checks that a condition on time holds if the creation or the revocation
// of a row meets it, independently of the other conditions.
func TestQueryHistory(t *testing.T) {
	s := hubtest.Start(t, hubtest.Options{Data: historyData()})
	c := newClient(t, s.URL)
	for name, test := range map[string]struct {
		table   string
		options m
		want    []any
	}{
		"all":                {"tag_listing", m{}, ids(10, 30)},
		"after an event":     {"tag_listing", m{"afterEvent": 10}, ids(10, 30)},
		"after the last":     {"tag_listing", m{"afterEvent": 30}, ids()},
		"before an event":    {"tag_listing", m{"beforeEvent": 11}, ids(10)},
		"after a time":       {"tag_listing", m{"after": "2026-11-30 12:00:25"}, ids(30)},
		"after another time": {"tag_listing", m{"after": 1796040020.4}, ids(10, 30)},
		"before a time":      {"tag_listing", m{"before": 1796040020.6}, ids(10)},
		"active":             {"tag_listing", m{"active": true}, ids(30)},
		"revoked":            {"tag_packages", m{"active": false}, ids(10)},
		"ordered":            {"tag_packages", m{"queryOpts": m{"order": "-create_event", "limit": 1}}, ids(20)},
		"owners":             {"tag_package_owners", m{}, ids(10)},
	} {
		t.Run(name, func(t *testing.T) {
			named := xmlrpc.Named{"tables": []any{test.table}}
			maps.Copy(named, test.options)
			tables, _ := c.ask(t, "queryHistory", named).(m)
			if got := column(tables[test.table], "create_event"); !reflect.DeepEqual(got, test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

// TestHistoryRow checks all columns for a build that was tagged and untagged.
func TestHistoryRow(t *testing.T) {
	s := hubtest.Start(t, hubtest.Options{Data: historyData()})
	tables, _ := newClient(t, s.URL).ask(t, "queryHistory", xmlrpc.Named{"tables": []any{"tag_listing"}}).(m)
	rows, _ := tables["tag_listing"].([]any)
	got, _ := rows[0].(m)
	for name, want := range map[string]any{
		"active": nil, "create_event": int64(10), "revoke_event": int64(20), "creator_name": "alice", "revoker_name": "bob",
		"create_ts": 1796040010.5, "revoke_ts": 1796040020.5, "tag.name": "f44", "build_id": int64(7),
		"name": "bash", "version": "5", "release": "1", "epoch": nil, "build.state": int64(1),
	} {
		if !reflect.DeepEqual(got[name], want) {
			t.Errorf("%s is %v, want %v", name, got[name], want)
		}
	}
}
