package kojiwire

import (
	"github.com/kojiwatch/kojiwatch/koji"
)

// The functions below ignore other members and unsuitable values.

// SetHost sets a field of a host from a scalar member of its record.
func SetHost(h *koji.Host, field []byte, v Scalar) {
	switch string(field) {
	case "id", "host_id":
		keepID(&h.ID, v)
	case "name", "host_name":
		keepText(&h.Name, v, "")
	case "user_id":
		keepID(&h.UserID, v)
	case "arches":
		keepArches(&h.Arches, v)
	case "capacity":
		keepFloat(&h.Capacity, v)
	case "task_load":
		keepFloat(&h.Load, v)
	case "enabled":
		keepBool(&h.Enabled, v)
	case "ready":
		keepBool(&h.Ready, v)
	case "update_ts", "update_time", "last_update":
		keepTime(&h.Updated, field, v)
	}
}

// SetChannel sets a field of a channel from a scalar member of its record.
func SetChannel(c *koji.Channel, field []byte, v Scalar) {
	switch string(field) {
	case "id", "channel_id":
		keepID(&c.ID, v)
	case "name", "channel_name":
		keepWord(&c.Name, v)
	case "description":
		keepText(&c.Description, v, "")
	case "enabled":
		keepBool(&c.Enabled, v)
	}
}

// SetTag sets a field of a tag from a scalar member of its record.
func SetTag(t *koji.Tag, field []byte, v Scalar) {
	switch string(field) {
	case "id", "tag_id":
		keepID(&t.ID, v)
	case "name", "tag_name":
		keepText(&t.Name, v, "")
	case "arches":
		keepArches(&t.Arches, v)
	case "locked":
		keepBool(&t.Locked, v)
	case "perm_id":
		keepID(&t.Perm.ID, v)
	case "perm":
		keepText(&t.Perm.Name, v, "")
	}
}

// SetTarget sets a field of a target from a scalar member of its record.
func SetTarget(t *koji.Target, field []byte, v Scalar) {
	switch string(field) {
	case "id", "build_target_id":
		keepID(&t.ID, v)
	case "name", "build_target_name":
		keepText(&t.Name, v, "")
	case "build_tag":
		keepRef(&t.BuildTag, v)
	case "build_tag_name":
		keepText(&t.BuildTag.Name, v, "")
	case "dest_tag":
		keepRef(&t.DestTag, v)
	case "dest_tag_name":
		keepText(&t.DestTag.Name, v, "")
	}
}

// SetPackage sets a field of a package from a scalar member of its record.
func SetPackage(p *koji.Package, field []byte, v Scalar) {
	switch string(field) {
	case "id", "package_id":
		keepID(&p.ID, v)
	case "name", "package_name":
		keepText(&p.Name, v, "")
	}
}

// keepArches sets a list of arches, which is a single text in records of tags and hosts.
func keepArches(dst *[]string, v Scalar) {
	if v.IsText() {
		*dst = koji.SplitArches(v.Str())
	}
}

// SetUser sets a field of a user from a scalar member of its record, or adds an element of
// the list krb_principals.
func SetUser(u *koji.User, field []byte, v Scalar) {
	switch string(field) {
	case "id":
		keepID(&u.ID, v)
	case "name":
		keepWord(&u.Name, v)
	case "status":
		keepState(&u.Status, v, koji.UserStatusNamed, koji.UserStatusOf)
	case "usertype":
		keepState(&u.Type, v, koji.UserTypeNamed, koji.UserTypeOf)
	case "krb_principals", "krb_principal":
		if v.IsText() {
			u.KrbPrincipals = append(u.KrbPrincipals, v.Str())
		}
	}
}

// SetRepo sets a field of a repository from a scalar member of its record.
func SetRepo(r *koji.Repo, field []byte, v Scalar) {
	switch string(field) {
	case "id", "repo_id":
		keepID(&r.ID, v)
	case "tag_id":
		keepID(&r.Tag.ID, v)
	case "tag_name", "tag": // the latter in Fedora's messages
		keepText(&r.Tag.Name, v, "")
	case "state":
		keepState(&r.State, v, koji.RepoStateNamed, koji.RepoStateOf)
	case "task_id":
		keepID(&r.TaskID, v)
	case "dist":
		keepBool(&r.Dist, v)
	case "create_event":
		keepID(&r.EventID, v)
	case "creation_ts", "creation_time":
		keepTime(&r.Created, field, v)
	case "state_ts", "state_time":
		keepTime(&r.Changed, field, v)
	}
}

// SetRPM sets a field of an RPM from a scalar member of its record.
func SetRPM(r *koji.RPM, field []byte, v Scalar) {
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
		keepTime(&r.Built, field, v)
	case "payloadhash":
		keepText(&r.PayloadHash, v, "")
	case "draft":
		keepBool(&r.Draft, v)
	}
}
