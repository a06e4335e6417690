package koji

import "time"

// RPM is one RPM file the hub knows.
type RPM struct {
	ID          int64 // 0: not known
	BuildID     int64 // 0: of no build, such as one of an external repository
	Name        string
	Version     string
	Release     string
	Epoch       Opt[int64] // unknown also where the RPM has none
	Arch        string     // "src" or "nosrc" for a source RPM
	BuildrootID int64      // 0: imported, or not known
	Size        Opt[int64] // bytes
	Built       time.Time  // as its header says
	PayloadHash string
	Draft       Opt[bool]
}

// NVR returns name-version-release, "" where one of them is not known.
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

// Set reads one plain field of a record of an RPM. Other fields and values that
// do not fit are ignored.
func (r *RPM) Set(field []byte, v Scalar) {
	switch string(field) {
	case "id", "rpm_id":
		keepID(&r.ID, v)
	case "build_id":
		keepID(&r.BuildID, v)
	case "name":
		keepText(&r.Name, v, "")
	case "version":
		keepText(&r.Version, v, "")
	case "release":
		keepText(&r.Release, v, "")
	case "epoch":
		keepInt(&r.Epoch, v)
	case "arch":
		keepWord(&r.Arch, v)
	case "buildroot_id":
		keepID(&r.BuildrootID, v)
	case "size":
		keepInt(&r.Size, v)
	case "buildtime":
		setTime(&r.Built, v, true)
	case "payloadhash":
		keepText(&r.PayloadHash, v, "")
	case "draft":
		keepBool(&r.Draft, v)
	}
}
