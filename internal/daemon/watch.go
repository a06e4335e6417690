package daemon

import (
	"crypto/sha256"
	"time"

	"github.com/kojiwatch/kojiwatch/config"
)

// watchPeriod is the pause between two looks at the files. It is also how long a file
// must have been the same before it is read, for an editor may be writing it.
const watchPeriod = time.Second

// watch tells when the configuration file, or one of the files that it is made of
// besides, has changed. It reads them: on network file systems and behind the
// links of a Kubernetes ConfigMap nobody tells of changes. A nil watch sees none.
type watch struct {
	file   string
	acted  [sha256.Size]byte // what there was at the last reload
	before [sha256.Size]byte // what there was at the last look
}

// newWatch begins with the file as it is now, from which c was read.
func newWatch(file string, c *config.Config) *watch {
	w := &watch{file: file}
	w.acted = w.look(c)
	w.before = w.acted
	return w
}

// ticks says when to look, until end is called.
func (w *watch) ticks() (look <-chan time.Time, end func()) {
	if w == nil {
		return nil, func() {}
	}
	t := time.NewTicker(watchPeriod)
	return t.C, t.Stop
}

// changed reports, once, whether there is something new to read.
func (w *watch) changed(c *config.Config) bool {
	now := w.look(c)
	settled := now == w.before
	w.before = now
	if !settled || now == w.acted {
		return false
	}
	w.acted = now
	return true
}

func (w *watch) look(c *config.Config) [sha256.Size]byte {
	files := []string{w.file}
	for i := range c.Sinks {
		files = append(files, filesOf(&c.Sinks[i])...)
	}
	return digest(files)
}
