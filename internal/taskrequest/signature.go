package taskrequest

// fact says what a parameter of a task's request says about the work.
type fact uint8

const (
	nothing       fact = iota // nothing a Request holds
	isSource                  // what is built: an SCM URL or the path of a source RPM
	isContainer               // the SCM URL of a container
	isDescription             // the SCM URL of images' descriptions, which names none of them
	isTarget                  // a build target: its name or record
	isWrapTarget              // a build target whose build tag the work is about
	isTag                     // a tag: its id, name or record
	isFromTag                 // the tag a build leaves
	isName                    // the name of the package that is built
	isVersion                 // its version
	isRelease                 // its release
	isArch                    // one arch
	isArches                  // arches: a list, or a text with spaces
	isRepo                    // a repository: its id or record
	isBuild                   // an existing build: its id, NVR or record
	isSourceOf                // the build whose sources are packed, likewise
	areNVRs                   // a list of builds by NVR
	isScratch                 // whether the outcome is thrown away
	areTypes                  // types of image: a list
	isFlatpak                 // whether a container is a flatpak
	areOptions                // a record whose members say more
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
	members  []parameter // of options: those that say something
}

// signature is one way of calling a method.
type signature struct {
	params   []parameter
	variadic bool // more parameters may follow
}

// method describes one kind of task.
type method struct {
	name       string
	signatures []signature // none: the parameters are told by what they look like
	// decides: its options say for themselves whether the outcome is thrown
	// away. Those of other methods leave that to the parent task, or the word
	// means nothing there.
	decides bool
	// perArch: the label of the task is the arch it works for.
	perArch bool
}

// fits reports whether a request can be a call of this signature: no parameter
// too many, none missing, none unknown, none given twice.
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

// has reports whether the signature has a parameter or a member of options that
// says a thing.
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

// one is the usual case of a method that is called in a single way.
func one(params ...parameter) []signature { return []signature{{params: params}} }

// must is a parameter that is always there.
func must(name string, says fact) parameter { return parameter{name: name, says: says} }

// may is a parameter that can be left out. None of these has a default that
// says anything.
func may(name string, says fact) parameter {
	return parameter{name: name, says: says, optional: true}
}

// opts are the options at the end: a record that may be null or left out.
func opts(members ...parameter) parameter {
	return parameter{name: "opts", says: areOptions, optional: true, members: members}
}

// mustOpts are options that are always there.
func mustOpts(name string, members ...parameter) parameter {
	return parameter{name: name, says: areOptions, members: members}
}
