package taskrequest

// fact is the meaning of a parameter in a task's request.
type fact uint8

const (
	nothing       fact = iota // not part of a Request
	isSource                  // what is built: an SCM URL or the path of a source RPM
	isContainer               // the SCM URL of a container
	isDescription             // the SCM URL of image descriptions, which does not name an image
	isTarget                  // a build target: its name or record
	isWrapTarget              // a build target whose build tag is the tag of the request
	isTag                     // a tag: its id, name or record
	isFromTag                 // the tag from which a build is moved
	isName                    // the name of the package that is built
	isVersion                 // its version
	isRelease                 // its release
	isArch                    // one arch
	isArches                  // arches: a list, or a text with spaces
	isRepo                    // a repository: its id or record
	isBuild                   // an existing build: its id, NVR or record
	isSourceOf                // the build of a source container: its id, NVR or record
	areNVRs                   // a list of builds by NVR
	isScratch                 // whether the task is for a scratch build
	areTypes                  // types of image: a list
	isFlatpak                 // whether a container is a flatpak
	areOptions                // a record of further parameters
	isVMWork                  // a Windows build's [source, tag, options]
	isBuildChain              // groups of sources, built one after the other
	isMavenChain              // a record of Maven packages
	areTasks                  // a list of [method, parameters, options]
)

// parameter is one parameter of a method, or one member of its options.
type parameter struct {
	name     string
	says     fact
	optional bool
	members  []parameter // of options: the members to read
}

// signature is one way of calling a method.
type signature struct {
	params   []parameter
	variadic bool // more parameters may follow
}

// method describes a task method.
type method struct {
	name       string
	signatures []signature // none: the parameters are guessed
	// decides means that without the option scratch, the task is not for a scratch
	// build. For other methods the parent task decides, or the option is
	// meaningless.
	decides bool
	// perArch means that the label of the task is its arch.
	perArch bool
}

// fits reports whether a request matches the signature: whether it has no extra, missing,
// unknown or repeated parameter.
//
// Source: koji.util.apply_argspec.
func (s *signature) fits(a args) bool {
	if len(a.positional) > len(s.params) && !s.variadic {
		return false
	}
	known := 0
	for i, p := range s.params {
		_, named := a.named[p.name]
		if named {
			known++
		}
		switch {
		case i < len(a.positional):
			if named || p.says == areTypes && !isList(a.positional[i]) {
				return false
			}
		case !named && !p.optional:
			return false
		}
	}
	return known == a.names() || s.variadic
}

// has reports whether the signature has a parameter or a member of options with a meaning.
func (s *signature) has(says fact) bool { return has(s.params, says) }

func has(params []parameter, says fact) bool {
	for _, p := range params {
		if p.says == says || has(p.members, says) {
			return true
		}
	}
	return false
}

func isList(v any) bool {
	_, ok := v.([]any)
	return ok
}

// one returns the signatures of a method that has only one, as most do.
func one(params ...parameter) []signature { return []signature{{params: params}} }

// must returns a required parameter.
func must(name string, says fact) parameter { return parameter{name: name, says: says} }

// may returns an optional parameter. Its default never sets a field of a Request.
func may(name string, says fact) parameter {
	return parameter{name: name, says: says, optional: true}
}

// opts returns the parameter for options at the end: a record that may be null or omitted.
func opts(members ...parameter) parameter {
	return parameter{name: "opts", says: areOptions, optional: true, members: members}
}

// mustOpts returns a required parameter for options.
func mustOpts(name string, members ...parameter) parameter {
	return parameter{name: name, says: areOptions, members: members}
}
