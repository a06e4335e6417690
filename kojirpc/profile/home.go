package profile

import (
	"os/user"
	"strings"
)

// home is the directory that "~" stands for.
type home struct {
	dir   string
	known bool
}

// findHome works like os.path.expanduser: it uses $HOME, even if it is empty, or else
// the password database.
func findHome(o Options) home {
	if o.Home != "" {
		return home{o.Home, true}
	}
	if dir, ok := o.lookupEnv("HOME"); ok {
		return home{dir, true}
	}
	u, err := user.Current()
	if err != nil {
		return home{}
	}
	return home{u.HomeDir, true}
}

// expand works like os.path.expanduser: it expands "~" and "~user" at the start of a
// path. If the home directory is unknown, it returns the path unchanged.
func (h home) expand(path string) string {
	after, tilde := strings.CutPrefix(path, "~")
	if !tilde {
		return path
	}
	name, _, _ := strings.Cut(after, "/")
	dir, known := h.dir, h.known
	if name != "" {
		dir, known = homeOf(name)
	}
	if !known {
		return path
	}
	if full := strings.TrimRight(dir, "/") + after[len(name):]; full != "" {
		return full
	}
	return "/"
}

func homeOf(name string) (string, bool) {
	u, err := user.Lookup(name)
	if err != nil {
		return "", false
	}
	return u.HomeDir, true
}
