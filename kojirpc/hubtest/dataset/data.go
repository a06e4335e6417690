// Package dataset defines the data of a fake hub: plain rows that can be written by hand
// or loaded from a JSON file.
package dataset

import (
	"cmp"
	"time"
)

// Data is the data of a hub. Rows refer to each other by name, to builds and tasks by id.
// An id of 0 means the next free id. Users, packages, tags, channels and hosts that are
// named by a row but not listed are added. Times are UTC; the zero time means null.
type Data struct {
	Users    []User    `json:"users,omitempty"`
	Tags     []Tag     `json:"tags,omitempty"`
	Targets  []Target  `json:"targets,omitempty"`
	Channels []Channel `json:"channels,omitempty"`
	Hosts    []Host    `json:"hosts,omitempty"`
	Packages []Package `json:"packages,omitempty"`
	Builds   []Build   `json:"builds,omitempty"`
	Tasks    []Task    `json:"tasks,omitempty"`
	Tagged   []Tagged  `json:"tagged,omitempty"`
	Repos    []Repo    `json:"repos,omitempty"`
	RPMs     []RPM     `json:"rpms,omitempty"`
	Archives []Archive `json:"archives,omitempty"`
	Events   []Event   `json:"events,omitempty"`
	// The history of tags: the builds in them, and their package lists.
	TagListings      []TagListing      `json:"tag_listings,omitempty"`
	TagPackages      []TagPackage      `json:"tag_packages,omitempty"`
	TagPackageOwners []TagPackageOwner `json:"tag_package_owners,omitempty"`
	// Volumes and CGs are the names of storage volumes, whose ids start at 0, and of
	// content generators, whose ids start at 1. The default volume is DEFAULT.
	Volumes []string `json:"volumes,omitempty"`
	CGs     []string `json:"cgs,omitempty"`
	// CGUsers are the users who may use a content generator, by the generator's name.
	CGUsers map[string][]string `json:"cg_users,omitempty"`
	// Averages are the results of getAverageBuildDuration by package, in seconds,
	// for packages without suitable Builds.
	Averages map[string]float64 `json:"averages,omitempty"`
	// Docs are the documentation texts of calls, by call.
	Docs map[string]string `json:"docs,omitempty"`
}

// User is an account.
type User struct {
	ID         int64    `json:"id,omitempty"`
	Name       string   `json:"name"`
	Type       string   `json:"type,omitempty"` // NORMAL, HOST or GROUP; "" is NORMAL
	Blocked    bool     `json:"blocked,omitempty"`
	Principals []string `json:"principals,omitempty"` // of Kerberos
	Perms      []string `json:"perms,omitempty"`
	Groups     []string `json:"groups,omitempty"`
}

// Tag is a tag.
type Tag struct {
	ID              int64          `json:"id,omitempty"`
	Name            string         `json:"name"`
	Arches          string         `json:"arches,omitempty"` // separated by spaces
	Locked          bool           `json:"locked,omitempty"`
	Perm            string         `json:"perm,omitempty"`
	PermID          int64          `json:"perm_id,omitempty"`
	MavenSupport    bool           `json:"maven_support,omitempty"`
	MavenIncludeAll bool           `json:"maven_include_all,omitempty"`
	Extra           map[string]any `json:"extra,omitempty"`
	Parents         []string       `json:"parents,omitempty"` // tags it inherits from, most important first
}

// Target is a build target.
type Target struct {
	ID       int64  `json:"id,omitempty"`
	Name     string `json:"name"`
	BuildTag string `json:"build_tag"`
	DestTag  string `json:"dest_tag"`
}

// Channel is a set of hosts.
type Channel struct {
	ID          int64  `json:"id,omitempty"`
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
	Comment     string `json:"comment,omitempty"`
	Disabled    bool   `json:"disabled,omitempty"`
}

// Host is a builder.
type Host struct {
	ID          int64     `json:"id,omitempty"`
	Name        string    `json:"name"` // the user of this name is added
	Arches      string    `json:"arches,omitempty"`
	Capacity    float64   `json:"capacity,omitempty"` // 0 is Koji's default, 2
	Load        float64   `json:"load,omitempty"`
	Description string    `json:"description,omitempty"`
	Comment     string    `json:"comment,omitempty"`
	Disabled    bool      `json:"disabled,omitempty"`
	Ready       bool      `json:"ready,omitempty"`
	Updated     time.Time `json:"updated,omitzero"`
	Channels    []string  `json:"channels,omitempty"`
}

// Package is a package.
type Package struct {
	ID   int64  `json:"id,omitempty"`
	Name string `json:"name"`
}

// Build is a build. Its NVR is Package-Version-Release.
type Build struct {
	ID        int64          `json:"id,omitempty"`
	Package   string         `json:"package"`
	Version   string         `json:"version"`
	Release   string         `json:"release"`
	Epoch     *int64         `json:"epoch,omitempty"`
	State     string         `json:"state,omitempty"` // Koji's name; "" is BUILDING
	Task      int64          `json:"task,omitempty"`
	Owner     string         `json:"owner,omitempty"` // "" is the first user
	Source    string         `json:"source,omitempty"`
	Extra     map[string]any `json:"extra,omitempty"`
	Draft     bool           `json:"draft,omitempty"`
	Event     int64          `json:"event,omitempty"` // of its creation
	Created   time.Time      `json:"created,omitzero"`
	Started   time.Time      `json:"started,omitzero"`
	Completed time.Time      `json:"completed,omitzero"`
	Promoted  time.Time      `json:"promoted,omitzero"`
	Promoter  string         `json:"promoter,omitempty"`
	Volume    string         `json:"volume,omitempty"` // "" is DEFAULT
	CG        string         `json:"cg,omitempty"`
	Token     string         `json:"token,omitempty"` // of its reservation by a content generator
	Types     []string       `json:"types,omitempty"` // build types: rpm, maven, win, image, …
}

// Task is a task.
type Task struct {
	ID        int64     `json:"id,omitempty"`
	Parent    int64     `json:"parent,omitempty"`
	Method    string    `json:"method"`
	State     string    `json:"state,omitempty"` // Koji's name; "" is FREE
	Label     string    `json:"label,omitempty"`
	Arch      string    `json:"arch,omitempty"`     // "" is noarch
	Owner     string    `json:"owner,omitempty"`    // "" is the first user
	Channel   string    `json:"channel,omitempty"`  // "" is default
	Host      string    `json:"host,omitempty"`     // "" if not assigned yet
	Priority  int64     `json:"priority,omitempty"` // 0 is Koji's default, 20
	Weight    float64   `json:"weight,omitempty"`   // 0 is Koji's default, 1
	Waiting   *bool     `json:"waiting,omitempty"`
	Awaited   *bool     `json:"awaited,omitempty"`
	Created   time.Time `json:"created,omitzero"`
	Started   time.Time `json:"started,omitzero"`
	Completed time.Time `json:"completed,omitzero"`
	// Request has the parameters. RequestXML, if set, is the text in the hub's
	// database instead, which may be XML in base64.
	Request    []any  `json:"request,omitempty"`
	RequestXML string `json:"request_xml,omitempty"`
	// Result is the result of a closed task, Fault that of a failed one. ResultXML, if
	// set, is the text in the hub's database instead.
	Result    any          `json:"result,omitempty"`
	Fault     *TaskFault   `json:"fault,omitempty"`
	ResultXML string       `json:"result_xml,omitempty"`
	Output    []OutputFile `json:"output,omitempty"`
}

// TaskFault is the fault of a failed task.
type TaskFault struct {
	Code   int    `json:"code"`
	String string `json:"string"`
}

// OutputFile is an output file of a task.
type OutputFile struct {
	Name string `json:"name"`
	// Content is the file's content. If only Size is set, the file consists of zeros.
	Content  string    `json:"content,omitempty"`
	Size     int64     `json:"size,omitempty"` // 0: that of Content
	Modified time.Time `json:"modified,omitzero"`
}

// Length returns the length in bytes.
func (f *OutputFile) Length() int64 { return cmp.Or(f.Size, int64(len(f.Content))) }

// Tagged is a build in a tag. Later entries were tagged later.
type Tagged struct {
	Tag   string `json:"tag"`
	Build int64  `json:"build"`
	Event int64  `json:"event,omitempty"`
}

// Repo is a repository of a tag.
type Repo struct {
	ID          int64          `json:"id,omitempty"`
	Tag         string         `json:"tag"`
	State       string         `json:"state,omitempty"` // Koji's name; "" is INIT
	Task        int64          `json:"task,omitempty"`
	Dist        bool           `json:"dist,omitempty"`
	Opts        map[string]any `json:"opts,omitempty"`
	CustomOpts  map[string]any `json:"custom_opts,omitempty"`
	BeginEvent  int64          `json:"begin_event,omitempty"`
	EndEvent    int64          `json:"end_event,omitempty"`
	CreateEvent int64          `json:"create_event,omitempty"`
	Created     time.Time      `json:"created,omitzero"`
	StateTime   time.Time      `json:"state_time,omitzero"`
}

// RPM is an RPM package of a build.
type RPM struct {
	ID          int64  `json:"id,omitempty"`
	Build       int64  `json:"build"`
	Name        string `json:"name"`
	Version     string `json:"version"`
	Release     string `json:"release"`
	Epoch       *int64 `json:"epoch,omitempty"`
	Arch        string `json:"arch"`
	Size        int64  `json:"size,omitempty"`
	PayloadHash string `json:"payloadhash,omitempty"`
	BuildTime   int64  `json:"buildtime,omitempty"` // seconds since 1970
	Buildroot   int64  `json:"buildroot,omitempty"`
}

// Archive is another file of a build.
type Archive struct {
	ID           int64          `json:"id,omitempty"`
	Build        int64          `json:"build"`
	Filename     string         `json:"filename"`
	Size         int64          `json:"size,omitempty"`
	Type         ArchiveType    `json:"type"`
	BType        string         `json:"btype"` // image, maven, win, …
	BTypeID      int64          `json:"btype_id,omitempty"`
	Checksum     string         `json:"checksum,omitempty"`
	ChecksumType int64          `json:"checksum_type,omitempty"` // 0 MD5, 1 SHA-1, 2 SHA-256
	Compression  string         `json:"compression,omitempty"`
	Buildroot    int64          `json:"buildroot,omitempty"`
	Extra        map[string]any `json:"extra,omitempty"`
}

// ArchiveType is a kind of file.
type ArchiveType struct {
	ID          int64  `json:"id"`
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
	Extensions  string `json:"extensions,omitempty"`
}

// Event is a moment at which the hub's data changed.
type Event struct {
	ID   int64     `json:"id"`
	Time time.Time `json:"time"`
}
