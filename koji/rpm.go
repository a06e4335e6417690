package koji

import "time"

// RPM is an RPM file.
type RPM struct {
	ID          int64 // 0: not known
	BuildID     int64 // 0: none, such as for an RPM of an external repository
	Name        string
	Version     string
	Release     string
	Epoch       Opt[int64] // also unknown if the RPM has none
	Arch        string     // "src" or "nosrc" for a source RPM
	BuildrootID int64      // 0: imported, or not known
	Size        Opt[int64] // bytes
	Built       time.Time  // from its header
	PayloadHash string
	Draft       Opt[bool]
}

// NVR returns name-version-release; "" if one of them is not known.
func (r *RPM) NVR() string {
	if r.Name == "" || r.Version == "" || r.Release == "" {
		return ""
	}
	return r.Name + "-" + r.Version + "-" + r.Release
}

// Ref returns the RPM's id and its name-version-release.arch.
func (r *RPM) Ref() Ref {
	name := r.NVR()
	if name != "" && r.Arch != "" {
		name += "." + r.Arch
	}
	return Ref{ID: r.ID, Name: name}
}
