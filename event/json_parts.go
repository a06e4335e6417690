package event

import (
	"github.com/kojiwatch/kojiwatch/koji"
)

func (o *object) task(name string, t *koji.Task) {
	o.open(name)
	o.id("id", t.ID)
	o.id("parent", t.Parent)
	o.text("method", t.Method)
	o.text("state", t.State.String())
	o.text("package", t.Package())
	o.text("nvr", t.NVR())
	o.text("source", t.Source())
	o.optBool("scratch", t.Scratch())
	o.text("arch", t.WorkArch())
	o.texts("arches", t.Arches())
	o.text("label", t.Label)
	o.ref("tag", t.Tag())
	o.text("target", t.Target().Name)
	o.id("build_id", t.BuildID())
	o.ref("owner", t.Owner)
	o.ref("channel", t.Channel)
	o.ref("host", t.Host)
	o.optInt("priority", t.Priority)
	if t.Weight.Known {
		o.float("weight", t.Weight.Value)
	}
	o.span(t.Created, t.Started, t.Ended, t.Duration())
	o.text("url", t.URL)
	o.shut()
}

func (o *object) build(name string, b *koji.Build) {
	o.open(name)
	o.id("id", b.ID)
	o.text("nvr", b.NVR)
	o.text("name", b.Name)
	o.text("version", b.Version)
	o.text("release", b.Release)
	o.optInt("epoch", b.Epoch)
	o.text("state", b.State.String())
	o.ref("owner", b.Owner)
	o.text("submitter", b.Submitter)
	o.id("task_id", b.TaskID)
	o.text("source", b.Source)
	o.text("git_hash", b.GitHash())
	o.optBool("draft", b.Draft)
	o.text("volume", b.Volume)
	o.text("cg", b.CG)
	o.texts("types", b.Types)
	o.texts("tags", b.Tags)
	o.text("target", b.Target)
	o.span(b.Created, b.Started, b.Ended, b.Duration())
	o.text("url", b.URL)
	o.shut()
}

func (o *object) repo(name string, r *Repo) {
	o.open(name)
	o.id("id", r.ID)
	o.ref("tag", r.Tag)
	o.id("task_id", r.TaskID)
	o.optBool("dist", r.Dist)
	o.optBool("expired", r.Expired)
	o.text("url", r.URL)
	o.shut()
}

func (o *object) rpm(name string, r *RPM) {
	o.open(name)
	o.id("id", r.ID)
	o.text("name", r.Name)
	o.text("version", r.Version)
	o.text("release", r.Release)
	o.optInt("epoch", r.Epoch)
	o.text("arch", r.Arch)
	o.text("sigkey", r.SigKey)
	o.shut()
}

func (o *object) estimate(name string, e *Estimate) {
	o.open(name)
	o.time("starts_at", e.StartsAt)
	o.time("completion_at", e.CompletionAt)
	o.optSeconds("remaining", e.Remaining)
	o.optSeconds("duration", e.Duration)
	o.optSeconds("low", e.Low)
	o.optSeconds("high", e.High)
	o.id("samples", int64(e.Samples))
	o.text("basis", e.Basis)
	o.bool("overdue", e.Overdue)
	o.shut()
}

func (o *object) enrichment(name string, e Enrichment) {
	o.open(name)
	status := e.Status
	if status == "" {
		status = StatusNone
	}
	o.text("status", string(status))
	o.name("missing")
	o.buf = append(o.buf, '[')
	for i, gap := range e.Missing {
		if i > 0 {
			o.buf = append(o.buf, ',')
		}
		o.buf = append(o.buf, '{')
		o.bare = true
		o.text("path", gap.Path)
		o.text("reason", gap.Reason)
		o.shut()
	}
	o.buf = append(o.buf, ']')
	o.shut()
}
