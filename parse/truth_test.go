package parse_test

import (
	"math"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/parse"
)

// TestRecordings compares every recorded message with an independent decoding: that of
// encoding/json and, for AMQP 1.0, that of another library.
func TestRecordings(t *testing.T) {
	p := parse.New(parse.Options{})
	for _, r := range recordings(t) {
		t.Run(r.name, func(t *testing.T) {
			e, err := p.Parse(&r.Delivery)
			if err != nil {
				t.Fatal(err)
			}
			if want := wantType(r); string(e.Type) != want {
				t.Errorf("type %s, want %s", e.Type, want)
			}
			checkEvent(t, e, r)
		})
	}
}

// wantType returns the type in the message's own properties or topic.
func wantType(r recorded) string {
	if r.properties != nil {
		return r.properties["type"].(string)
	}
	if s, ok := r.Headers["type"].(string); ok {
		return s
	}
	return map[string]string{
		"task.state.change": "TaskStateChange", "build.state.change": "BuildStateChange",
		"package.list.change": "PackageListChange", "tag": "Tag", "untag": "Untag",
		"repo.init": "RepoInit", "repo.done": "RepoDone", "rpm.sign": "RPMSign",
		"build.promote": "BuildPromote",
	}[r.RoutingKey[len("org.fedoraproject.prod.buildsys."):]]
}

func checkEvent(t *testing.T, e *event.Event, r recorded) {
	t.Helper()
	if e.Topic != r.RoutingKey {
		t.Errorf("topic %q", e.Topic)
	}
	if r.MessageID != "" && e.ID != r.MessageID {
		t.Errorf("id %q, want the message id", e.ID)
	}
	if e.ID == "" {
		t.Error("no id")
	}
	b := r.body
	switch e.Type {
	case event.TaskStateChange:
		checkTask(t, e, b["info"].(map[string]any))
		equal(t, "old", e.Old, text(b["old"]))
		equal(t, "new", e.New, text(b["new"]))
	case event.BuildStateChange:
		equal(t, "old", e.Old, buildStateName(b["old"]))
		equal(t, "new", e.New, buildStateName(b["new"]))
		if info, ok := b["info"].(map[string]any); ok {
			checkBuild(t, e.Build, info)
		} else {
			checkBuild(t, e.Build, b)
			equal(t, "state", e.Build.State.String(), buildStateName(b["new"]))
		}
	case event.Tag, event.Untag:
		checkTagging(t, e, b)
	case event.PackageListChange:
		equal(t, "package", e.Package.Name, name(b["package"]))
		equal(t, "tag", e.Tag.Name, name(b["tag"]))
		equal(t, "action", e.Action, text(b["action"]))
		equal(t, "user", e.User.Name, name(b["user"]))
	case event.Import:
		equal(t, "import_type", e.ImportType, text(b["type"]))
		checkBuild(t, e.Build, b["build"].(map[string]any))
	case event.RPMSign:
		rpm := b["rpm"].(map[string]any)
		equal(t, "rpm", e.RPM.Name, text(rpm["name"]))
		equal(t, "arch", e.RPM.Arch, text(rpm["arch"]))
		equal(t, "sigkey", e.RPM.SigKey, text(b["sigkey"]))
		checkBuild(t, e.Build, b["build"].(map[string]any))
	case event.RepoInit, event.RepoDone:
		checkRepo(t, e, r)
	case event.BuildPromote:
		if e.Dialect == event.Protonmsg {
			equal(t, "old", e.Old, text(b["draft_release"]))
			equal(t, "new", e.New, text(b["target_release"]))
			checkBuild(t, e.Build, b["build"].(map[string]any))
		}
	default:
		t.Errorf("type %s is none of Koji's", e.Type)
	}
}

func checkTask(t *testing.T, e *event.Event, info map[string]any) {
	t.Helper()
	task := e.Task
	equal(t, "id", task.ID, whole(info["id"]))
	equal(t, "parent", task.Parent, whole(info["parent"]))
	equal(t, "method", task.Method, text(info["method"]))
	equal(t, "state", int64(task.State.Number()), whole(info["state"]))
	equal(t, "label", task.Label, text(info["label"]))
	equal(t, "arch", task.Arch, text(info["arch"]))
	equal(t, "channel", task.Channel.ID, whole(info["channel_id"]))
	equal(t, "host", task.Host.ID, whole(info["host_id"])+whole(info["assign"])) // a new task may have its host already
	equal(t, "host name", task.Host.Name, text(info["host_name"]))
	equal(t, "priority", task.Priority.Value, whole(info["priority"]))
	equal(t, "owner id", task.Owner.ID, whole(info["owner"]))
	equal(t, "owner name", task.Owner.Name, text(info["owner"]))
	if w, ok := info["weight"].(float64); ok {
		equal(t, "weight", task.Weight, koji.Some(w))
	}
	moment(t, "created", task.Created, info, "create")
	moment(t, "started", task.Started, info, "start")
	moment(t, "ended", task.Ended, info, "completion")
}

func checkBuild(t *testing.T, b *koji.Build, info map[string]any) {
	t.Helper()
	equal(t, "build id", b.ID, whole(info["build_id"]))
	equal(t, "name", b.Name, text(info["name"]))
	equal(t, "version", b.Version, text(info["version"]))
	equal(t, "release", b.Release, text(info["release"]))
	equal(t, "nvr", b.NVR, b.Name+"-"+b.Version+"-"+b.Release)
	equal(t, "epoch", b.Epoch.Value, whole(info["epoch"]))
	if s, ok := info["state"].(float64); ok {
		equal(t, "state", b.State.Number(), int(s))
	}
	if id := whole(info["task_id"]); id != 0 {
		equal(t, "task id", b.TaskID, id)
	}
	if s := text(info["source"]); s != "" {
		equal(t, "source", b.Source, s)
	}
	equal(t, "owner id", b.Owner.ID, whole(info["owner_id"]))
	equal(t, "owner name", b.Owner.Name, text(info["owner_name"])+text(info["owner"]))
	equal(t, "volume", b.Volume, text(info["volume_name"]))
	moment(t, "created", b.Created, info, "creation")
	moment(t, "started", b.Started, info, "start")
	moment(t, "ended", b.Ended, info, "completion")
}

func checkTagging(t *testing.T, e *event.Event, b map[string]any) {
	t.Helper()
	equal(t, "tag", e.Tag.Name, name(b["tag"]))
	equal(t, "user", e.User.Name, name(b["user"]))
	if tag, ok := b["tag"].(map[string]any); ok {
		equal(t, "tag id", e.Tag.ID, whole(tag["id"]))
		checkBuild(t, e.Build, b["build"].(map[string]any))
		return
	}
	equal(t, "tag id", e.Tag.ID, whole(b["tag_id"]))
	checkBuild(t, e.Build, b)
}

func checkRepo(t *testing.T, e *event.Event, r recorded) {
	t.Helper()
	b := r.body
	if repo, ok := b["repo"].(map[string]any); ok {
		equal(t, "repo", e.Repo.ID, whole(repo["id"]))
		equal(t, "task", e.Repo.TaskID, whole(repo["task_id"]))
		equal(t, "tag", e.Repo.Tag.Name, text(repo["tag_name"]))
		equal(t, "expired", e.Repo.Expired, koji.Some(b["expire"] == true))
		return
	}
	equal(t, "repo", e.Repo.ID, whole(b["repo_id"]))
	equal(t, "task", e.Repo.TaskID, whole(b["task_id"]))
	equal(t, "tag", e.Repo.Tag.Name, name(b["tag"]))
}

func equal[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// moment compares a time with its most exact format in a record.
func moment(t *testing.T, what string, got time.Time, info map[string]any, field string) {
	t.Helper()
	seconds, ok := info[field+"_ts"].(float64)
	if !ok {
		seconds, ok = info[field+"_time"].(float64)
	}
	if ok {
		if diff := math.Abs(float64(got.UnixMicro())/1e6 - seconds); diff > 1e-6 {
			t.Errorf("%s: got %v, %g seconds off %v", what, got, diff, seconds)
		}
		return
	}
	s, ok := info[field+"_time"].(string)
	if !ok {
		if !got.IsZero() {
			t.Errorf("%s: got %v, the record has none", what, got)
		}
		return
	}
	want, err := time.Parse("2006-01-02T15:04:05.999999Z07:00", s)
	if err != nil {
		want, err = time.Parse("2006-01-02 15:04:05.999999-07:00", s)
	}
	if err != nil || !got.Equal(want) {
		t.Errorf("%s: got %v, want %v (%v)", what, got, want, err)
	}
}

func text(v any) string {
	s, _ := v.(string)
	return s
}

func whole(v any) int64 {
	f, _ := v.(float64)
	return int64(f)
}

func name(v any) string {
	if m, ok := v.(map[string]any); ok {
		return text(m["name"])
	}
	return text(v)
}

func buildStateName(v any) string {
	n, ok := v.(float64)
	if !ok {
		return ""
	}
	return []string{"BUILDING", "COMPLETE", "DELETED", "FAILED", "CANCELED"}[int(n)]
}
