package koji

// webNames says whether an argument of a page takes ids, names or both. If it takes both,
// digits are an id.
type webNames uint8

const (
	idsOnly webNames = iota
	idsAndNames
	namesOnly
)

// webArgument is an argument that names the object of a page.
type webArgument struct {
	name  string
	kind  PageKind
	names webNames
	many  bool // it may be repeated
}

// webPage describes a page of kojiweb. A page without arguments is not about a single
// object.
type webPage struct {
	arguments []webArgument
	file      string // the argument that names a file
	changes   bool   // calling it changes something on the hub
}

// webPages are the pages of kojiweb by name. The map is immutable.
//
// Source: koji, www/kojiweb/index.py.
var webPages = func() map[string]webPage {
	pages := map[string]webPage{
		"taskinfo":         byID("taskID", PageTask),
		"taskstatus":       byID("taskID", PageTask),
		"watchlogs":        {arguments: []webArgument{{name: "taskID", kind: PageTask, many: true}}},
		"getfile":          {arguments: []webArgument{{name: "taskID", kind: PageTask}}, file: "name"},
		"buildinfo":        byID("buildID", PageBuild),
		"packageinfo":      byIDOrName("packageID", PagePackage),
		"taginfo":          byIDOrName("tagID", PageTag),
		"userinfo":         byIDOrName("userID", PageUser),
		"externalrepoinfo": byIDOrName("extrepoID", PageExternalRepo),
		"channelinfo":      byID("channelID", PageChannel),
		"rpminfo":          byID("rpmID", PageRPM),
		"archiveinfo":      byID("archiveID", PageArchive),
		"buildrootinfo":    byID("buildrootID", PageBuildroot),
		"repoinfo":         byID("repoID", PageRepo),
		"reporequest":      byID("reqID", PageRepoRequest),
		"buildtargetinfo": {arguments: []webArgument{
			{name: "targetID", kind: PageTarget},
			{name: "name", kind: PageTarget, names: namesOnly},
		}},
		"hostinfo": {arguments: []webArgument{
			{name: "hostID", kind: PageHost, names: idsAndNames},
			{name: "userID", kind: PageHost, names: idsAndNames},
		}},
		"fileinfo": {file: "filename", arguments: []webArgument{
			{name: "rpmID", kind: PageRPM},
			{name: "archiveID", kind: PageArchive},
		}},
	}
	for _, name := range [...]string{"rpmlist", "archivelist"} {
		pages[name] = webPage{arguments: []webArgument{
			{name: "buildrootID", kind: PageBuildroot},
			{name: "imageID", kind: PageArchive},
		}}
	}
	for _, name := range listPages() {
		pages[name] = webPage{}
	}
	for _, name := range changingPages() {
		pages[name] = webPage{changes: true}
	}
	return pages
}()

func byID(argument string, kind PageKind) webPage {
	return webPage{arguments: []webArgument{{name: argument, kind: kind}}}
}

func byIDOrName(argument string, kind PageKind) webPage {
	return webPage{arguments: []webArgument{{name: argument, kind: kind, names: idsAndNames}}}
}

// listPages are the pages that are not about a single object.
func listPages() []string {
	return []string{
		"index", "activesession", "api", "builds", "buildsbystatus", "buildsbytarget",
		"buildsbyuser", "buildtargets", "buildroots", "channels", "clusterhealth",
		"externalrepos", "hosts", "packages", "packagesbyuser", "recentbuilds", "repos",
		"reporequests", "reports", "rpmsbyhost", "search", "tags", "tasks", "tasksbyhost",
		"tasksbyuser", "users",
	}
}

// changingPages are the pages that change something, which no program should call.
func changingPages() []string {
	return []string{
		"activesessiondelete", "buildtargetcreate", "buildtargetdelete", "buildtargetedit",
		"cancelbuild", "canceltask", "disablehost", "enablehost", "externalrepoedit",
		"freetask", "hostedit", "login", "logout", "resubmittask", "tagcreate",
		"tagdelete", "tagedit", "tagparent",
	}
}
