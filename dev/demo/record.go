package main

import (
	"crypto/sha1"
	"encoding/hex"
	"strings"
	"time"
)

// buildRecord is the hub's record of a build.
type buildRecord struct {
	id             int64
	recipe         recipe
	task           int64
	source         string
	created, ended time.Time
}

var buildStates = []string{"BUILDING", "COMPLETE", "DELETED", "FAILED", "CANCELED"}

func (s *stage) newBuild(r recipe, top *task, source string, at time.Time) *buildRecord {
	s.nextBuild++
	return &buildRecord{id: s.nextBuild, recipe: r, task: top.id, source: source, created: at}
}

// info returns the build's record in a state.
func (b *buildRecord) info(state int) record {
	r := &b.recipe
	info := record{
		"id": b.id, "build_id": b.id, "name": r.name, "version": r.version, "release": r.release, "epoch": nil, "nvr": r.nvr(),
		"package_id": b.id % 1000, "package_name": r.name, "owner_id": r.owner, "owner_name": userNames[r.owner],
		"state": state, "task_id": b.task, "source": b.source, "draft": false, "cg_id": nil, "cg_name": nil,
		"volume_id": 0, "volume_name": "DEFAULT", "extra": record{"source": record{"original_url": b.source}},
	}
	return info.times("creation", b.created).times("start", b.created).times("completion", b.ended)
}

// buildChange publishes a change of a build's state; old is nil for a new one.
func (s *stage) buildChange(b *buildRecord, at time.Time, old any, state int) {
	var was any
	if n, ok := old.(int); ok {
		was = buildStates[n]
	}
	r, word := &b.recipe, buildStates[state]
	s.publish(at, "build."+lower(word), "BuildStateChange",
		record{"attribute": "state", "name": r.name, "version": r.version, "release": r.release, "old": was, "new": word},
		record{"attribute": "state", "old": old, "new": state, "info": b.info(state), "btypes": record{"rpm": nil}})
}

// tag publishes that a build was tagged.
func (s *stage) tag(b *buildRecord, tag string, at time.Time) {
	r := &b.recipe
	s.publish(at, "build.tag", "Tag",
		record{"tag": tag, "name": r.name, "version": r.version, "release": r.release, "user": userNames[r.owner]},
		record{
			"tag": tagInfo(tag), "build": b.info(1), "force": false,
			"user": record{"id": r.owner, "name": userNames[r.owner], "status": 0, "usertype": 0, "krb_principals": []any{}},
		})
}

var tagIDs = map[string]int64{"f44-build": 12, "f44-updates-candidate": 13, "f44-python": 14, "f44-python-build": 15}

func tagInfo(name string) record {
	return record{
		"id": tagIDs[name], "name": name, "arches": strings.Join(arches, " "), "locked": false, "perm": nil, "perm_id": nil,
		"maven_support": false, "maven_include_all": false, "extra": record{},
	}
}

// repo publishes a new repository of a tag.
func (s *stage) repo(tag string, at time.Time, factor float64) {
	s.nextRepo++
	id := s.nextRepo
	top := &task{owner: kojira, host: hostOf["noarch"], channel: 2, method: "newRepo", arch: "noarch", weight: 0.5, created: at, request: []any{tag}}
	s.begin(top, 0)
	s.publish(top.started.Add(time.Second), "repo.init", "RepoInit",
		record{"tag": tag, "repo_id": id, "task_id": top.id},
		record{"tag": tagInfo(tag), "event": nil, "repo_id": id, "task_id": top.id, "opts": record{"src": false, "debuginfo": false, "separate_src": false}})
	var last time.Time
	for i, arch := range arches {
		c := s.child(top, "createrepo", arch, "noarch", top.started.Add(2*time.Second), 0, []any{id, arch, nil})
		last = c.started.Add(stretch(time.Duration(90+20*i)*time.Second, factor))
		s.end(c, last, "CLOSED", []any{"tasks/1/1", []any{"repomd.xml"}})
	}
	done := last.Add(2 * time.Second)
	info := record{"id": id, "tag_id": tagIDs[tag], "tag_name": tag, "task_id": top.id, "state": 1, "dist": false, "opts": record{}}
	s.publish(done, "repo.done", "RepoDone",
		record{"tag": tag, "repo_id": id, "task_id": top.id, "expire": false},
		record{"repo": info.times("creation", top.started), "data": record{}, "expire": false, "task_id": top.id})
	s.end(top, done.Add(time.Second), "CLOSED", []any{id, int64(9000)})
}

func lower(word string) string { return strings.ToLower(word) }

// orNull turns a zero value into JSON's null.
func orNull[T comparable](v T) any {
	if zero := *new(T); v == zero {
		return nil
	}
	return v
}

// until returns t unless it is in the future.
func until(t, now time.Time) time.Time {
	if t.After(now) {
		return time.Time{}
	}
	return t
}

func hash(text string) string {
	sum := sha1.Sum([]byte(text))
	return hex.EncodeToString(sum[:])
}
