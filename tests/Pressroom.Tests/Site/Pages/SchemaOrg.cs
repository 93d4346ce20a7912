using System.Collections.Frozen;

namespace Pressroom.Tests.Site.Pages;

/// <summary>The properties that a type has, its own and inherited, by the vocabulary of schema.org 30.0.</summary>
internal static class SchemaOrg
{
    public static readonly FrozenDictionary<string, FrozenSet<string>> Properties = new Dictionary<string, FrozenSet<string>>
    {
        ["NewsArticle"] = Names(
            """
            about abstract accessMode accessModeSufficient accessibilityAPI accessibilityControl accessibilityFeature accessibilityHazard accessibilitySummary
            accountablePerson acquireLicensePage additionalType aggregateRating alternateName alternativeHeadline archivedAt articleBody articleSection assesses
            associatedMedia audience audio author award awards backstory character citation comment commentCount conditionsOfAccess contentLocation contentRating
            contentReferenceTime contributor copyrightHolder copyrightNotice copyrightYear correction countryOfOrigin creativeWorkStatus creator creditText
            dateCreated dateModified datePublished dateline description digitalSourceType disambiguatingDescription discussionUrl displayLocation editEIDR editor
            educationalAlignment educationalLevel educationalUse encoding encodingFormat encodings exampleOfWork expires fileFormat funder funding genre hasPart
            headline identifier image inLanguage interactionStatistic interactivityType interpretedAsClaim isAccessibleForFree isBasedOn isBasedOnUrl
            isFamilyFriendly isPartOf keywords learningResourceType license locationCreated mainEntity mainEntityOfPage maintainer material materialExtent
            mentions name offers owner pageEnd pageStart pagination pattern position potentialAction printColumn printEdition printPage printSection producer
            provider publication publisher publisherImprint publishingPrinciples recordedAt releasedEvent review reviews sameAs schemaVersion sdDatePublished
            sdLicense sdPublisher size sourceOrganization spatial spatialCoverage speakable sponsor subjectOf teaches temporal temporalCoverage text thumbnail
            thumbnailUrl timeRequired translationOfWork translator typicalAgeRange url usageInfo version video wordCount workExample workTranslation
            """),
        ["NewsMediaOrganization"] = Names(
            """
            acceptedPaymentMethod actionableFeedbackPolicy additionalType address agentInteractionStatistic aggregateRating alternateName alumni areaServed award
            awards brand companyRegistration contactPoint contactPoints correctionsPolicy department description disambiguatingDescription dissolutionDate
            diversityPolicy diversityStaffingReport duns email employee employees ethicsPolicy event events faxNumber founder founders foundingDate
            foundingLocation funder funding globalLocationNumber hasCertification hasCredential hasGS1DigitalLink hasMemberProgram hasMerchantReturnPolicy
            hasOfferCatalog hasPOS hasProductReturnPolicy hasShippingService identifier image interactionStatistic isicV4 iso6523Code keywords knowsAbout
            knowsLanguage legalAddress legalName legalRepresentative leiCode location logo mainEntityOfPage makesOffer masthead member memberOf members
            missionCoveragePrioritiesPolicy naics name noBylinesPolicy nonprofitStatus numberOfEmployees owner ownershipFundingInfo owns parentOrganization
            potentialAction publishingPrinciples review reviews sameAs seeks serviceArea skills slogan sponsor subOrganization subjectOf taxID telephone
            unnamedSourcesPolicy url vatID verificationFactCheckingPolicy
            """),
        ["Person"] = Names(
            """
            additionalName additionalType address affiliation agentInteractionStatistic alternateName alumniOf award awards birthDate birthPlace brand callSign
            children colleague colleagues contactPoint contactPoints deathDate deathPlace description disambiguatingDescription duns email familyName faxNumber
            follows funder funding gender givenName globalLocationNumber hasCertification hasCredential hasOccupation hasOfferCatalog hasPOS height homeLocation
            honorificPrefix honorificSuffix identifier image interactionStatistic isicV4 jobTitle knows knowsAbout knowsLanguage lifeEvent mainEntityOfPage
            makesOffer memberOf naics name nationality netWorth owner owns parent parents performerIn potentialAction pronouns publishingPrinciples relatedTo
            sameAs seeks sibling siblings skills sponsor spouse subjectOf taxID telephone url vatID weight workLocation worksFor
            """),
    }.ToFrozenDictionary();

    private static FrozenSet<string> Names(string names) => names.Split([' ', '\n']).ToFrozenSet();
}
