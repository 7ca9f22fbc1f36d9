// The members of an object itself. What a page's other scripts have put on `Object.prototype` is no
// option, and no part of a reply.

/** A copy that inherits nothing. */
export const own = (object) => ({ __proto__: null, ...object });

/** A member of the object itself. */
export const ownMember = (object, name) => own(object)[name];
