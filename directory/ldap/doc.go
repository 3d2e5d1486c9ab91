// Package ldap reads people and groups from Active Directory, OpenLDAP and
// Open Directory: page by page, with nothing but encrypted connections, and
// with an error for every answer that is not whole.
package ldap
