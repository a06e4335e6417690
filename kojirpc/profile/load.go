package profile

import (
	"fmt"
	"os"
)

// Options say where to look. The zero value reads what Koji's client reads.
type Options struct {
	// Config is a file, or a directory of *.conf files, to read in place of
	// the user's own, as with Koji's -c/--config. The files under /etc are
	// read all the same. A leading ~ is expanded. Empty means the user's own.
	Config string
	// Home is the home directory. Empty means $HOME, and without that the
	// password database.
	Home string
	// Root is the directory that holds etc/koji.conf. Empty means /.
	Root string
	// LookupEnv reads the environment. Nil means os.LookupEnv.
	LookupEnv func(name string) (value string, ok bool)
}

func (o Options) lookupEnv(name string) (string, bool) {
	if o.LookupEnv == nil {
		return os.LookupEnv(name)
	}
	return o.LookupEnv(name)
}

// Load reads all configuration files. No file at all is no error: the Set is
// empty then, and asking it for a profile says where was looked. One file with
// a mistake fails the whole, as in Koji. Mistakes are of type [*Error].
func Load(o Options) (*Set, error) {
	h := findHome(o)
	s := &Set{doc: document{}, home: h}
	s.fallback, s.fallbackFrom = defaultName(o)
	total := 0
	for _, p := range places(o, h) {
		s.looked = append(s.looked, p.path)
		files, err := p.files()
		if err != nil {
			return nil, fmt.Errorf("profiles: %w", err)
		}
		for _, file := range files {
			size, err := s.add(file, p.must)
			if err != nil {
				return nil, fmt.Errorf("profiles: %w", err)
			}
			if total += size; total > maxTotalBytes || len(s.files) > maxFiles {
				return nil, fmt.Errorf("profiles: %w", tooMuch(file))
			}
		}
	}
	return s, nil
}

// add reads one file over what the Set has and returns the file's size.
func (s *Set) add(file string, must bool) (int, error) {
	data, err := readFile(file)
	if err != nil {
		unreadable := &Error{At: Position{File: file}, Problem: "the file cannot be read: " + reason(err, ""),
			Remedy: "make it readable for the user that runs this"}
		if must {
			return 0, unreadable
		}
		s.skipped = append(s.skipped, unreadable)
		return 0, nil
	}
	if len(data) > maxFileBytes {
		return 0, &Error{At: Position{File: file}, Problem: fmt.Sprintf("the file is larger than %d bytes", maxFileBytes),
			Remedy: "keep only profiles in it"}
	}
	doc, err := parseINI(file, data)
	if err != nil {
		return 0, err
	}
	s.doc.merge(doc)
	if len(s.doc) > maxSections {
		return 0, &Error{At: Position{File: file}, Problem: fmt.Sprintf("with this file there are more than %d sections", maxSections),
			Remedy: "keep only the profiles that are used"}
	}
	s.files = append(s.files, file)
	return len(data), nil
}

func tooMuch(file string) error {
	return &Error{
		At:      Position{File: file},
		Problem: fmt.Sprintf("with this file there are more than %d files or %d bytes to read", maxFiles, maxTotalBytes),
		Remedy:  "remove the files that hold no profiles",
	}
}

// defaultName gives the profile to use when none is named, and where that name
// comes from ("" for the built-in one).
func defaultName(o Options) (name, from string) {
	if name, ok := o.lookupEnv("KOJI_PROFILE"); ok && name != "" {
		return name, "KOJI_PROFILE"
	}
	return "koji", ""
}
