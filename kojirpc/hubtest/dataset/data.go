// Package dataset holds what a hub in tests knows, as plain rows that can be written
// by hand or loaded from a JSON file.
package dataset

import (
	"cmp"
	"time"
)

// Data says what a hub knows. Rows refer to each other by name, builds and tasks
// by id. An id of 0 stands for the next free one, and a user, package, tag,
// channel or host that a row names without being listed is added. Times are UTC;
// the zero time is what the hub calls null.
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
	// The history of tags: which builds came and went, and their package lists.
	TagListings      []TagListing      `json:"tag_listings,omitempty"`
	TagPackages      []TagPackage      `json:"tag_packages,omitempty"`
	TagPackageOwners []TagPackageOwner `json:"tag_package_owners,omitempty"`
	// Volumes and CGs number storage volumes, from 0, and content generators,
	// from 1. Volume 0 is DEFAULT if nothing is listed.
	Volumes []string `json:"volumes,omitempty"`
	CGs     []string `json:"cgs,omitempty"`
	// CGUsers are the users who may build with a content generator, by its name.
	CGUsers map[string][]string `json:"cg_users,omitempty"`
	// Averages are answers of getAverageBuildDuration by package, in seconds,
	// for packages of which Builds does not tell.
	Averages map[string]float64 `json:"averages,omitempty"`
	// Docs are the texts that explain calls, by call.
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
	Event     int64          `json:"event,omitempty"` // that made it
	Created   time.Time      `json:"created,omitzero"`
	Started   time.Time      `json:"started,omitzero"`
	Completed time.Time      `json:"completed,omitzero"`
	Promoted  time.Time      `json:"promoted,omitzero"`
	Promoter  string         `json:"promoter,omitempty"`
	Volume    string         `json:"volume,omitempty"` // "" is DEFAULT
	CG        string         `json:"cg,omitempty"`
	Token     string         `json:"token,omitempty"` // of its reservation by a content generator
	Types     []string       `json:"types,omitempty"` // of which kinds it is: rpm, maven, win, image, …
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
	Host      string    `json:"host,omitempty"`     // "" before it has one
	Priority  int64     `json:"priority,omitempty"` // 0 is Koji's default, 20
	Weight    float64   `json:"weight,omitempty"`   // 0 is Koji's default, 1
	Waiting   *bool     `json:"waiting,omitempty"`
	Awaited   *bool     `json:"awaited,omitempty"`
	Created   time.Time `json:"created,omitzero"`
	Started   time.Time `json:"started,omitzero"`
	Completed time.Time `json:"completed,omitzero"`
	// Request holds the parameters; RequestXML, where it is given, the text in
	// the hub's database, which may be base64 of XML.
	Request    []any  `json:"request,omitempty"`
	RequestXML string `json:"request_xml,omitempty"`
	// Result is the result of a closed task, Fault that of a failed one; ResultXML,
	// where it is given, the text in the hub's database.
	Result    any          `json:"result,omitempty"`
	Fault     *TaskFault   `json:"fault,omitempty"`
	ResultXML string       `json:"result_xml,omitempty"`
	Output    []OutputFile `json:"output,omitempty"`
}

// TaskFault says why a task failed.
type TaskFault struct {
	Code   int    `json:"code"`
	String string `json:"string"`
}

// OutputFile is a file that a task left on the hub.
type OutputFile struct {
	Name string `json:"name"`
	// Content is what is in it. One of which only the size is given has zeros in it.
	Content  string    `json:"content,omitempty"`
	Size     int64     `json:"size,omitempty"` // 0: that of Content
	Modified time.Time `json:"modified,omitzero"`
}

// Length returns how many bytes there are.
func (f *OutputFile) Length() int64 { return cmp.Or(f.Size, int64(len(f.Content))) }

// Tagged says that a build is in a tag. Of two, the one listed later was tagged
// later.
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
