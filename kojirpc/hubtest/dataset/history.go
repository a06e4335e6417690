package dataset

// Versioned has the events by which a row of the hub's history was created and revoked.
// See Data.Events.
type Versioned struct {
	CreateEvent int64  `json:"create_event"`
	RevokeEvent int64  `json:"revoke_event,omitempty"` // 0: not revoked
	Creator     string `json:"creator,omitempty"`      // "" is the first user
	Revoker     string `json:"revoker,omitempty"`      // "" is the creator
}

// TagListing is a period during which a build was in a tag.
type TagListing struct {
	Tag   string `json:"tag"`
	Build int64  `json:"build"`
	Versioned
}

// TagPackage is an entry of a tag's package list.
type TagPackage struct {
	Tag         string `json:"tag"`
	Package     string `json:"package"`
	Blocked     bool   `json:"blocked,omitempty"`
	ExtraArches string `json:"extra_arches,omitempty"`
	Versioned
}

// TagPackageOwner is the owner of a package in a tag.
type TagPackageOwner struct {
	Tag     string `json:"tag"`
	Package string `json:"package"`
	Owner   string `json:"owner"`
	Versioned
}

// fillHistory completes the history of tags.
func (c *completion) fillHistory(d *Data) error {
	for i := range d.TagListings {
		l := &d.TagListings[i]
		c.tag(d, l.Tag)
		c.fillVersioned(d, &l.Versioned)
	}
	for i := range d.TagPackages {
		p := &d.TagPackages[i]
		c.tag(d, p.Tag)
		c.pkg(d, p.Package)
		c.fillVersioned(d, &p.Versioned)
	}
	for i := range d.TagPackageOwners {
		o := &d.TagPackageOwners[i]
		c.tag(d, o.Tag)
		c.pkg(d, o.Package)
		c.user(d, o.Owner)
		c.fillVersioned(d, &o.Versioned)
	}
	return nil
}

func (c *completion) fillVersioned(d *Data, v *Versioned) {
	Either(&v.Creator, d.Users[0].Name)
	if v.RevokeEvent != 0 {
		Either(&v.Revoker, v.Creator)
	}
	c.user(d, v.Creator)
	c.user(d, v.Revoker)
}
