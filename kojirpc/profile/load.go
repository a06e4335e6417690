package profile

import (
	"fmt"
	"os"
)

// Options configure where to look for profiles. The zero value reads the same files as
// Koji's client.
type Options struct {
	// Config is a file, or a directory of *.conf files, to read instead of the
	// user's own files, as with Koji's -c/--config. The files in /etc are still
	// read. A leading ~ is expanded. Empty means the user's own files.
	Config string
	// Home is the home directory. Empty means $HOME or, if that is unset, the
	// directory in the password database.
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

// Load reads all configuration files. If there are none, Load returns an empty Set,
// whose errors name the places where Load looked. A mistake in any file is an error, as
// in Koji. Mistakes are of type [*Error].
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

// add reads a file into the Set and returns the file's size.
func (s *Set) add(file string, must bool) (int, error) {
	data, err := readFile(file)
	if err != nil {
		unreadable := &Error{At: Position{File: file}, Problem: "the file cannot be read: " + reason(err, ""),
			Remedy: "make it readable for the user who runs this program"}
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

// defaultName returns the name of the default profile, and the environment variable from
// which it comes ("" if built in).
func defaultName(o Options) (name, from string) {
	if name, ok := o.lookupEnv("KOJI_PROFILE"); ok && name != "" {
		return name, "KOJI_PROFILE"
	}
	return "koji", ""
}
