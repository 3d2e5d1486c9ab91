package slapd

import (
	"cmp"
	"fmt"
	"path/filepath"
)

// config writes slapd.conf: one database, with what tells changes.
func config(dir string, o Options) string {
	const path = "/etc/ldap/schema/"
	schemas := "include " + path + "core.schema\ninclude " + path + "cosine.schema\ninclude " + path + "inetorgperson.schema\ninclude " + path + "nis.schema\n"
	if o.Apple {
		schemas += "include " + filepath.Join(dir, "apple.schema") + "\n"
	}
	limit := cmp.Or(o.Limit, "size=unlimited")
	in := func(name string) string { return filepath.Join(dir, name) }
	return schemas + fmt.Sprintf(`
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload syncprov
moduleload refint
moduleload ppolicy
pidfile %s
argsfile %s
TLSCACertificateFile %s
TLSCertificateFile %s
TLSCertificateKeyFile %s
threads 4

database mdb
maxsize 4294967296
suffix "%s"
rootdn "%s"
rootpw "%s"
directory %s
envflags nosync
index objectClass,entryCSN,entryUUID,modifyTimestamp eq
index uid,cn,member,memberUid eq
limits dn.exact="%s" time=unlimited %s
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="%s" read by anonymous auth by * none
overlay syncprov
overlay refint
refint_attributes member
overlay ppolicy
%s
`, in("slapd.pid"), in("slapd.args"), in("ca.pem"), in("cert.pem"), in("key.pem"), Suffix, Root, Password, in("db"), Reader, limit, Reader, o.More)
}

// base are the entries that each server has.
const base = `dn: ` + Suffix + `
objectClass: dcObject
objectClass: organization
dc: school
o: School

dn: ` + People + `
objectClass: organizationalUnit
ou: people

dn: ` + Groups + `
objectClass: organizationalUnit
ou: groups

dn: ` + Reader + `
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: heraut
userPassword: ` + Password + `

`

// appleSchema has the attributes of Open Directory that Heraut reads. Their
// names are Apple's; the numbers are not.
const appleSchema = `
attributetype ( 1.3.6.1.4.1.99999.1.1 NAME 'apple-generateduid' EQUALITY caseExactMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
attributetype ( 1.3.6.1.4.1.99999.1.2 NAME 'apple-group-memberguid' EQUALITY caseExactMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
attributetype ( 1.3.6.1.4.1.99999.1.3 NAME 'apple-group-nestedgroup' EQUALITY caseExactMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
attributetype ( 1.3.6.1.4.1.99999.1.4 NAME 'authAuthority' EQUALITY caseExactIA5Match SYNTAX 1.3.6.1.4.1.1466.115.121.1.26 )
objectclass ( 1.3.6.1.4.1.99999.2.1 NAME 'apple-user' SUP top AUXILIARY MAY ( apple-generateduid $ authAuthority ) )
objectclass ( 1.3.6.1.4.1.99999.2.2 NAME 'apple-group' SUP top AUXILIARY MAY ( apple-generateduid $ apple-group-memberguid $ apple-group-nestedgroup ) )
`
