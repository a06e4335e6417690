package config

import (
	"time"
)

// Users lists users and the accounts of programs, for filters.
type Users struct {
	Mine      []string `yaml:"mine" doc:"Users whose work is yours, for the word mine in when. Here and in the other lists of names, * stands for any text and ? for one character." example:"[alice, bob]"`
	Automatic []string `yaml:"automatic" default:"kojira, koji-gc, koschei, koschei/*, bodhi, bodhi/*, mbs, mbs/*, autosign, autopen, packit, packit/*" doc:"Accounts of programs. Everything they own or do is automatic."`
}

// Filter holds the keys of a sink that select its events. An event must match all given
// keys.
type Filter struct {
	Types     []string `yaml:"types" doc:"Only events of these types." example:"[TaskStateChange, BuildStateChange]"`
	States    []string `yaml:"states" doc:"Only events with one of these as the new state." example:"[CLOSED, FAILED, COMPLETE]"`
	Methods   []string `yaml:"methods" doc:"Only events about tasks of these methods." example:"[build, image*]"`
	Packages  []string `yaml:"packages" doc:"Only events about these packages." example:"[kernel*, bash]"`
	Owners    []string `yaml:"owners" doc:"Only events about tasks, builds and packages of these owners. The owner of a build is the user who started it, not the account that imported it." example:"[alice]"`
	Tags      []string `yaml:"tags" doc:"Only events about these tags: the tag of a tagged build, a repository or a task, or one that the build is known to be in." example:"[f44*]"`
	Targets   []string `yaml:"targets" doc:"Only events about builds for these targets." example:"[f44-candidate]"`
	TopLevel  *bool    `yaml:"top_level" derived:"both pass" doc:"true: only events that are not about a subtask. false: only events that are." example:"true"`
	Scratch   *bool    `yaml:"scratch" derived:"both pass" doc:"true: only events about tasks that are known to be scratch builds. false: only other events." example:"false"`
	Automatic *bool    `yaml:"automatic" derived:"both pass" doc:"true: only events caused by an account of users.automatic. false: only other events." example:"false"`
	When      string   `yaml:"when" format:"block" doc:"Only events for which this expression is true, such as new == \"FAILED\" and mine. docs/filters.md describes it. A $ in it is written $$." example:"task.duration > seconds(\"1h\") or mine"`
	Dedup     Dedup    `yaml:"dedup" doc:"Drop events that have arrived before, by their id."`
}

// Dedup configures dropping duplicate events.
type Dedup struct {
	Window time.Duration `yaml:"window" default:"0" min:"0" max:"1d" doc:"How long to drop further events with the id of one that has arrived; 0 drops none. Koji's own plugin gives a build that is tagged, untagged and tagged again two Tag events with one id, so use minutes. kojiwatch forgets the ids when it stops."`
	Count  int           `yaml:"count" default:"10000" min:"1" max:"1000000" doc:"The largest number of ids to remember, at about 150 bytes each."`
}
