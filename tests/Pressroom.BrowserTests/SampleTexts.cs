namespace Pressroom.BrowserTests;

/// <summary>Bodies with all that an article may hold.</summary>
internal static class SampleTexts
{
    public const string French = """
        Il est six heures, et **la halle aux poissons** sent déjà la mer. « On attendait ce jour depuis le printemps », dit Salah.

        ## Des travaux plus longs que prévu

        Le chantier devait durer trois mois. Il en a pris six[^1]. Voir [le communiqué](https://www.example.org/).

        > « Nous n’avons pas le droit de laisser ce lieu mourir », répétait l’architecte.

        حرية السوق من حرية المدينة، يقول الباعة هنا، وقد عادوا إلى أماكنهم القديمة.

        ### Ce qui change

        | Étal | Avant | Après |
        | --- | ---: | ---: |
        | Poissons | 420 DT | 510 DT |
        | Épices et fruits secs de toutes les régions | 310 DT | 380 DT |

        1. Horaires
        2. Fermeture

        - Entrées

        ```
        une ligne de code qui est bien plus longue que ce qu’un petit écran peut montrer d’un seul coup, et de loin
        ```

        <details><summary>Plus</summary><p>Encore un mot, ~~barré~~.</p></details>

        [^1]: Selon la municipalité.
        """;

    public const string Arabic = """
        الساعة السادسة صباحًا، و**سوق السمك** تفوح برائحة البحر.

        ## أشغال أطول من المتوقع

        كان يُفترض أن تدوم ثلاثة أشهر، فدامت ستة[^1]. انظر [البلاغ](https://www.example.org/).

        > ليس من حقنا أن نترك هذا المكان يموت.

        Le marché central est un lieu de mémoire pour toute la ville.

        | البضاعة | قبل | بعد |
        | --- | ---: | ---: |
        | السمك | 420 | 510 |

        - المداخل

        [^1]: حسب البلدية.
        """;
}
